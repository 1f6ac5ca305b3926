"""RDF as text, in one form only, so that equal statements give equal bytes."""

from .markup import whole
from .serialisation import lack, n_triples, serialise, serialise_graphs

__all__ = ["lack", "n_triples", "serialise", "serialise_graphs", "whole"]
