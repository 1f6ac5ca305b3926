"""Damages: each breaks one thing in a sound dataset, and knows the place. Their docstrings say what is broken."""

from collections.abc import Callable
from types import ModuleType

from . import graphs, statements
from .ground import Damage, Ground, NoDamageError, Statement

Kind = Callable[[Ground], Damage]
ATTEMPTS = 100


def damage(kind: Kind, ground: Ground, seed: int) -> Damage:
    """A damage of a kind; if the chosen place has nothing to break, at another."""
    for attempt in range(ATTEMPTS):
        try:
            return kind(ground.seeded(f"{seed} {attempt}"))
        except NoDamageError:
            continue
    raise NoDamageError(kind.__name__)


def _of(module: ModuleType) -> list[Kind]:
    own = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
    return [value for value in own if callable(value) and not value.__name__.startswith("_")]


KINDS = [kind for module in (statements, graphs) for kind in _of(module)]
SOURCE_KINDS = [kind for kind in KINDS if kind not in graphs.RELEASED_ONLY]

__all__ = ["KINDS", "SOURCE_KINDS", "Damage", "Ground", "Kind", "Statement", "damage"]
