"""From files to one dataset: read, derived, united, counted, named by its hash."""

from ..terms import Term
from .dataset import UNION, Dataset, GraphName, Node, Pattern, load, load_plain, unite

__all__ = ["UNION", "Dataset", "GraphName", "Node", "Pattern", "Term", "load", "load_plain", "unite"]
