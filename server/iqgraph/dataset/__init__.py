"""From files to one dataset: reading, derivation, union, counts and hash."""

from ..terms import Term
from .dataset import UNION, Dataset, GraphName, Node, Pattern, add_union, load, load_plain

__all__ = ["UNION", "Dataset", "GraphName", "Node", "Pattern", "Term", "add_union", "load", "load_plain"]
