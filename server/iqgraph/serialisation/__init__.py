"""RDF as text, in one form only, so that equal statements give equal bytes."""

from .serialisation import escape_xml, lack, n_triples, serialise, serialise_graphs

__all__ = ["escape_xml", "lack", "n_triples", "serialise", "serialise_graphs"]
