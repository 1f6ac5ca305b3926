"""A knowledge graph in which every statement is linked to the passage that makes it, and its server."""

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
        """Import a public name when it is first used, so that one module does not load them all (PEP 562)."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name], __name__), name)
