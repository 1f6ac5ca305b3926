"""Evidence: for each row of an answer the minimal sets of named graphs that alone yield it."""

from .explanation import Explainer
from .plan import is_explained

__all__ = ["Explainer", "is_explained"]
