"""The names in tables and at the head of files: the dataset has to know what they mean."""

import re
from collections.abc import Iterator

from pyoxigraph import Literal

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..resources import data_files, table
from ..terms import BASE, PREFIXES, SHAPES, expanded
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
PREFIX = SHAPES["prefix"]
DECLARED = re.compile(r"(?im)^@?prefix\s+([\w-]+):\s*<([^>]*)>")
OF_DOCUMENTS = ("g", "p")  # which mean another in each
OTHER_PREFIX = Text(
    en="Here {}: stands for {}, but elsewhere for {}. All else is checked when this is right.",
    de="Hier steht {}: für {}, sonst aber für {}. Alles andere wird geprüft, wenn das stimmt.",
)
UNKNOWN = Text(
    en="Line {}: nothing is called this. Correct the name, or drop the line.",
    de="Zeile {}: So heißt nichts. Berichtigen Sie den Namen, oder streichen Sie die Zeile.",
)


def unknown_names(dataset: Dataset) -> Iterator[Finding]:
    """The names of ours in tables that nothing has; other data than that of the sources need not have it."""
    sources = dataset.sources
    if sources is None or not {file.name for file in data_files(sources)} <= {*dataset.origins.values()}:
        return
    roots = (("ontology", sources.ontology, ONTOLOGY_COLUMNS), ("data", sources.data, DATA_COLUMNS))
    for folder, root, columns in roots:
        for file, (column, prefix) in columns.items():
            for line, row in enumerate(table(root, file), 2):
                for name in (row[column] or "").split():
                    if not _is_known(dataset, name if ":" in name else f"{prefix}:{name}"):
                        yield Finding(SHAPES["table"], Literal(name), UNKNOWN.format(line), file=f"{folder}/{file}")


def other_prefixes(dataset: Dataset) -> Iterator[Finding]:
    """The prefixes that a file of the data takes for something else than all others."""
    read = {*dataset.origins.values()}
    for file in data_files(dataset.sources) if dataset.sources else ():
        if file.name in read and file.name.endswith((".ttl", ".trig")):
            for prefix, iri in DECLARED.findall(file.text()):
                known = PREFIXES.get(prefix, iri)
                if known != iri and prefix not in OF_DOCUMENTS:
                    message = OTHER_PREFIX.format(prefix, iri, known)
                    yield Finding(PREFIX, Literal(f"{prefix}:"), message, file=file.name)


def _is_known(dataset: Dataset, name: str) -> bool:
    """Whether something has the name or, if it ends with a slash, a graph has one that begins so.

    What is named elsewhere may be unknown here, but not by a prefix that there is not.
    """
    try:
        node = expanded(name)
    except ValueError:
        return False
    if name.endswith("/"):
        return any(graph.value.startswith(node.value) for graph in dataset.graphs())
    is_elsewhere = "//" in node.value and not node.value.startswith(BASE)
    return is_elsewhere or is_known(dataset.store, node)
