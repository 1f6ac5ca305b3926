"""From files to one dataset: read, derived, united, counted, named by its hash."""

from .dataset import UNION, Dataset, GraphName, Node, Pattern, Term, load, load_plain, unite

__all__ = ["UNION", "Dataset", "GraphName", "Node", "Pattern", "Term", "load", "load_plain", "unite"]
