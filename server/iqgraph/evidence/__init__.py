"""Evidence: for each row of an answer the smallest sets of named graphs that alone yield it."""

from .explanation import Wanted, explain

__all__ = ["Wanted", "explain"]
