"""RDF as text, in one form only, so that equal statements give equal bytes."""

from .serialisation import escape_xml, lack, n_triples, serialise, serialise_graphs
from .tables import write_table

__all__ = ["escape_xml", "lack", "n_triples", "serialise", "serialise_graphs", "write_table"]
