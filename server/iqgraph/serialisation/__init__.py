"""RDF as text, in one form only, so that equal statements give equal bytes."""

from .serialisation import n_triples, serialise, serialise_graphs

__all__ = ["n_triples", "serialise", "serialise_graphs"]
