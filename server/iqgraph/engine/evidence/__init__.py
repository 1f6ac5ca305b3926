"""Evidence: for each row of an answer the smallest sets of named graphs that alone yield it."""

from .explanation import explain, is_explained
from .witnesses import is_derived

__all__ = ["explain", "is_derived", "is_explained"]
