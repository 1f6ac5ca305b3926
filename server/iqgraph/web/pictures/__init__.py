"""Pictures drawn from rows of queries: each is in a file of the ontology, and the reader can open and change it."""

from ...model.model import Row
from ...model.questions import in_language
from ...resources import queries
from ..http.language import language
from ..site import site

# The node that a query is about, as in the constraints of SHACL: https://www.w3.org/TR/shacl/#sparql-constraints-prebound
THIS = "$this"


def query(name: str, node: str = "") -> str:
    """The query behind a picture, asking for labels in the reader's language; about a node if it is about one."""
    return in_language(queries("pictures")[name], language()).replace(THIS, f"<{node}>")


def rows(name: str, node: str = "") -> list[Row]:
    """The answer to the query behind a picture."""
    model = site().model
    return model.rows(query(name, node)) if node else model.answer(query(name))
