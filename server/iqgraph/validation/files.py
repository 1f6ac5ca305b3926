"""Files of ontology and data: tables, prefixes and queries, of which RDF and its graphs say nothing."""

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, Store

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..resources import PASSAGES, Row, data_files, table, walk
from ..terms import BASE, DATASET, PREFIXES, SHAPES, document_prefixes, expand
from .findings import Finding, Reach

# The column with names, and the prefix of those that are written without one.
COLUMNS = {
    "data/names.csv": ("thing", "id"),
    "ontology/changed.csv": ("new", ""),
    "ontology/kinds.csv": ("classes", ""),
    "ontology/renamed.csv": ("new", ""),
    "ontology/reused.csv": ("term", ""),
    "ontology/topics.csv": ("classes", ""),
    "ontology/verbs.csv": ("role", "concept"),
}
DECLARATION = re.compile(r"(?im)^@?prefix\s+([\w-]+):\s*<([^>]*)>")
OTHER_PREFIX = Text(
    en="Here {}: stands for {}, but elsewhere for {}. Everything else is checked when this is right.",
    de="Hier steht {}: für {}, sonst aber für {}. Alles andere wird geprüft, wenn das stimmt.",
)
DUPLICATE = Text(
    en="Line {}: an earlier line has the same name. Delete one of them.",
    de="Zeile {}: Eine Zeile davor hat denselben Namen. Streichen Sie eine von beiden.",
)
UNDEFINED = Text(
    en="Line {}: this name is not defined. Correct it, or delete the line.",
    de="Zeile {}: Dieser Name ist nicht definiert. Berichtigen Sie ihn, oder streichen Sie die Zeile.",
)
# What is in IRIs, strings, comments and declarations is no name.
NO_NAMES = re.compile(r'(?m)<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|^\s*#.*$|^PREFIX .*$')
UNTRANSLATED = Text(
    en="Line {}: the cell in column {} is empty. Write the text in both languages, or in none.",
    de="Zeile {}: Die Zelle in Spalte {} ist leer. Schreiben Sie den Text in beiden Sprachen oder in keiner.",
)
UNUSED = Text(
    en="The query does not use the prefix {}:. Delete its line.",
    de="Die Abfrage verwendet das Präfix {}: nicht. Streichen Sie seine Zeile.",
)
NO_QUERY = Text(en="This is not SPARQL: {}.", de="Das ist kein SPARQL: {}.")
PLACE = re.compile(r"error at (\d+):(\d+): ")  # in a message of the parser


def check_tables(dataset: Dataset) -> Iterator[Finding]:
    """Find undefined and duplicate names in tables, and texts in one language; other data may lack names of ours."""
    sources = dataset.sources
    if sources is None or not {file.name for file in data_files(sources)} <= {*dataset.origins.values()}:
        return
    for root in (sources.ontology, sources.data):
        for path in (file.name for file in walk(root, root.name) if file.name.endswith(".csv")):
            rows = table(root, path.partition("/")[2])  # a malformed line of any table is an error
            yield from _check_table(dataset, path, rows) if path in COLUMNS else ()
            for row in rows:
                yield from _check_texts(path, row)


def _check_table(dataset: Dataset, path: str, rows: Iterable[Row]) -> Iterator[Finding]:
    (column, prefix), keys = COLUMNS[path], set[str]()
    for row in rows:
        key = next(iter(row.values()))
        messages = {key: DUPLICATE} if key in keys else {}
        keys.add(key)
        for name in row[column].split():
            if not _is_defined(dataset, name if ":" in name else f"{prefix}:{name}"):
                messages[name] = UNDEFINED
        for name, message in messages.items():
            yield Finding(SHAPES["table"], Literal(name), message.format(row.line), file=path)


def _check_texts(path: str, row: Row) -> Iterator[Finding]:
    """Find texts of a row that are in one language only."""
    for column, other in ((column, column.replace("de", "en")) for column in row if "de" in column):
        if bool(row[column]) != bool(row.get(other, row[column])):
            message = UNTRANSLATED.format(row.line, column if row[other] else other)
            yield Finding(SHAPES["table"], Literal(row[column] or row[other]), message, file=path)


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
    """Find prefixes that a data file declares for another namespace than all others, or all of its document."""
    origins = {*dataset.origins.values()}
    for file in data_files(dataset.sources) if dataset.sources else ():
        if file.name in origins and file.name.endswith((".ttl", ".trig")):
            folder = file.name.rpartition("/")[0]
            is_document = f"{folder}/{PASSAGES}" in origins
            own = document_prefixes(folder.rpartition("/")[2]) if is_document else {"g": "", "p": ""}  # any will do
            for prefix, iri in DECLARATION.findall(file.text()):
                if iri != (usual := (PREFIXES | own).get(prefix) or iri):
                    name, message = Literal(f"{prefix}:"), OTHER_PREFIX.format(prefix, iri, usual)
                    yield Finding(SHAPES["prefix"], name, message, file=file.name, reach=Reach.DATASET)


def check_queries(dataset: Dataset) -> Iterator[Finding]:
    """Find query files of ontology and shapes that are no SPARQL, and prefixes that they do not use."""
    store, sources = Store(), dataset.sources
    for file in (*walk(sources.ontology, "ontology"), *walk(sources.shapes, "shapes")) if sources else ():
        if not file.name.endswith(".rq"):
            continue
        text = file.text()
        used = set(re.findall(r"(?<![\w?$-])([\w-]+):", NO_NAMES.sub("", text)))
        messages = [UNUSED.format(prefix) for prefix, _ in DECLARATION.findall(text) if prefix not in used]
        try:
            store.query(text)
        except SyntaxError as error:
            reason = [PLACE.sub(place, error.msg) for place in (r"Zeile \1, Spalte \2: ", r"line \1, column \2: ")]
            messages = [NO_QUERY.format(Text(*reason))]
        for message in messages:
            yield Finding(SHAPES["query"], DATASET, message, file=file.name)
