"""A knowledge graph whose every statement leads to the passage that carries it, and its server."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

__all__ = ["Dataset", "__version__", "ask", "load"]
__version__ = version("iqgraph")
_MODULES = {"Dataset": ".dataset", "ask": ".library", "load": ".dataset"}

if TYPE_CHECKING:
    from .dataset import Dataset, load
    from .library import ask
else:

    def __getattr__(name: str) -> object:
        """Import what is asked for: who needs one module need not load them all (https://peps.python.org/pep-0562/)."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name], __name__), name)
