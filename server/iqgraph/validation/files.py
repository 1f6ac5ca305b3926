"""Files of ontology and data: names in tables, prefixes and queries, of which RDF and its graphs say nothing."""

import re
from collections.abc import Iterator

from pyoxigraph import Literal, Store

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..resources import data_files, table, walk
from ..terms import BASE, DATASET, PREFIXES, SHAPES, expand
from .findings import Finding, Reach

# The column with names, and the prefix of those that are written without one.
COLUMNS = {
    "data/names.csv": ("thing", "id"),
    "ontology/changed.csv": ("new", ""),
    "ontology/kinds.csv": ("classes", ""),
    "ontology/renamed.csv": ("new", ""),
    "ontology/topics.csv": ("classes", ""),
    "ontology/verbs.csv": ("role", "concept"),
}
DECLARATION = re.compile(r"(?im)^@?prefix\s+([\w-]+):\s*<([^>]*)>")
DOCUMENT_PREFIXES = ("g", "p")  # each document has its own
OTHER_PREFIX = Text(
    en="Here {}: stands for {}, but elsewhere for {}. Everything else is checked when this is right.",
    de="Hier steht {}: für {}, sonst aber für {}. Alles andere wird geprüft, wenn das stimmt.",
)
UNDEFINED = Text(
    en="Line {}: this name is not defined. Correct it, or delete the line.",
    de="Zeile {}: Dieser Name ist nicht definiert. Berichtigen Sie ihn, oder streichen Sie die Zeile.",
)
# What is in IRIs, strings, comments and declarations is no name.
NO_NAMES = re.compile(r'(?m)<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|^\s*#.*$|^PREFIX .*$')
UNUSED = Text(
    en="The query does not use the prefix {}:. Delete its line.",
    de="Die Abfrage verwendet das Präfix {}: nicht. Streichen Sie seine Zeile.",
)
NO_QUERY = Text(en="This is not SPARQL: {}.", de="Das ist kein SPARQL: {}.")


def check_tables(dataset: Dataset) -> Iterator[Finding]:
    """Find undefined names in tables; other data in the place of ours need not define them."""
    sources = dataset.sources
    if sources is None or not {file.name for file in data_files(sources)} <= {*dataset.origins.values()}:
        return
    for path, (column, prefix) in COLUMNS.items():
        folder, _, file = path.partition("/")
        for row in table(sources.data if folder == "data" else sources.ontology, file):
            for name in row[column].split():
                if not _is_defined(dataset, name if ":" in name else f"{prefix}:{name}"):
                    yield Finding(SHAPES["table"], Literal(name), UNDEFINED.format(row.line), file=path)


def _is_defined(dataset: Dataset, name: str) -> bool:
    """Whether the data has the name or, if it ends with a slash, a graph whose name begins with it.

    A name outside of our namespace need not be in the data, but its prefix must be known.
    """
    try:
        node = expand(name)
    except ValueError:
        return False
    if name.endswith("/"):
        return any(graph.value.startswith(node.value) for graph in dataset.graphs())
    is_external = "//" in node.value and not node.value.startswith(BASE)
    return is_external or is_known(dataset.store, node)


def check_prefixes(dataset: Dataset) -> Iterator[Finding]:
    """Find prefixes that a data file declares for another namespace than all others."""
    origins = {*dataset.origins.values()}
    for file in data_files(dataset.sources) if dataset.sources else ():
        if file.name in origins and file.name.endswith((".ttl", ".trig")):
            for prefix, iri in DECLARATION.findall(file.text()):
                if prefix not in DOCUMENT_PREFIXES and iri != (usual := PREFIXES.get(prefix, iri)):
                    name, message = Literal(f"{prefix}:"), OTHER_PREFIX.format(prefix, iri, usual)
                    yield Finding(SHAPES["prefix"], name, message, file=file.name, reach=Reach.DATASET)


def check_queries(dataset: Dataset) -> Iterator[Finding]:
    """Find query files of the ontology that are no SPARQL, and prefixes that they do not use."""
    store = Store()
    for file in walk(dataset.sources.ontology, "ontology") if dataset.sources else ():
        if not file.name.endswith(".rq"):
            continue
        text = file.text()
        used = set(re.findall(r"(?<![\w?$-])([\w-]+):", NO_NAMES.sub("", text)))
        messages = [UNUSED.format(prefix) for prefix, _ in DECLARATION.findall(text) if prefix not in used]
        try:
            store.query(text)
        except SyntaxError as error:
            messages = [NO_QUERY.format(error.msg)]
        for message in messages:
            yield Finding(SHAPES["query"], DATASET, message, file=file.name)
