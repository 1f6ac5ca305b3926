"""Evidence: for each row of an answer the smallest sets of named graphs that alone yield it."""

from .explanation import Explainer, is_explained

__all__ = ["Explainer", "is_explained"]
