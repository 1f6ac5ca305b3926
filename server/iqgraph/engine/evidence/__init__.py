"""Evidence: for each row of an answer the smallest sets of named graphs that alone yield it."""

from .explanation import explain, is_explained

__all__ = ["explain", "is_explained"]
