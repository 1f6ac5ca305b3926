"""The tables beside ontology and data: what a line of one names, the dataset has to know."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import UNION, Dataset
from ..resources import data_files, table
from ..terms import BASE, SHAPES, expanded
from .findings import Finding

# The column with names, and the prefix of those that are written without one.
ONTOLOGY_COLUMNS = {
    "changed.csv": ("new", ""),
    "kinds.csv": ("classes", ""),
    "renamed.csv": ("new", ""),
    "topics.csv": ("classes", ""),
    "verbs.csv": ("role", "concept"),
}
DATA_COLUMNS = {"names.csv": ("thing", "id")}
UNKNOWN = Text(
    en="Line {}: nothing is called this. Correct the name, or drop the line.",
    de="Zeile {}: So heißt nichts. Berichtigen Sie den Namen, oder streichen Sie die Zeile.",
)


def unknown_names(dataset: Dataset) -> Iterator[Finding]:
    """The names of ours in tables that nothing has; other data than that of the sources need not have it."""
    sources = dataset.sources
    if sources is None or not {file.name for file in data_files(sources)} <= {*dataset.origins.values()}:
        return
    known = _names(dataset)
    roots = (("ontology", sources.ontology, ONTOLOGY_COLUMNS), ("data", sources.data, DATA_COLUMNS))
    for folder, root, columns in roots:
        for file, (column, prefix) in columns.items():
            for line, row in enumerate(table(root, file), 2):
                for name in (row[column] or "").split():
                    if not _is_known(name if ":" in name else f"{prefix}:{name}", known):
                        message = Text(*(text.format(line) for text in UNKNOWN))
                        yield Finding(SHAPES["table"], Literal(name), message, file=f"{folder}/{file}")


def _names(dataset: Dataset) -> set[str]:
    graphs = {graph.value for graph in dataset.graphs()}
    terms = (term for quad in dataset.store.quads_for_pattern(None, None, None, UNION) for term in quad.triple)
    return graphs | {term.value for term in terms if isinstance(term, NamedNode)}


def _is_known(name: str, known: set[str]) -> bool:
    """Whether something has the name or, if it ends with a slash, a name that begins so; what others name may be."""
    iri = expanded(name).value
    return not iri.startswith(BASE) or iri in known or (iri[-1] == "/" and any(one.startswith(iri) for one in known))
