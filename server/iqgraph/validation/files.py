"""Files of ontology and data: tables, prefixes and queries, of which RDF and its graphs say nothing."""

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, QuerySolutions, Store

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..dataset.questions import HEADER_COMMENT
from ..resources import COLUMNS, PASSAGES, File, Row, data_files, table, walk
from ..terms import BASE, DATASET, PREFIXES, SHAPES, document_prefixes, expand
from .findings import Finding, Reach

# The columns with names, and the prefix of those that are written without one.
NAMES = {"classes": "", "new": "", "role": "concept", "term": "", "thing": "id"}
DECLARATION = re.compile(r"(?im)^@?prefix\s+([\w-]+):\s*<([^>]*)>")
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
UNTRANSLATED = Text(
    en="Line {}: the cell in column {} is empty. Write the text in both languages, or in none.",
    de="Zeile {}: Die Zelle in Spalte {} ist leer. Schreiben Sie den Text in beiden Sprachen oder in keiner.",
)
UNUSED = Text(
    en="The query does not use the prefix {}:. Delete its line.",
    de="Die Abfrage verwendet das Präfix {}: nicht. Streichen Sie seine Zeile.",
)
# https://www.w3.org/TR/SVG2/paths.html#PathDataBNF
GLYPH = re.compile(r"(?i:(?=m)(?:[mlhvcsqtaz]\s*(?:[-+]?\d*\.?\d+[\s,]*)*)+)")
NO_GLYPH = Text(en="Line {}: this glyph is no SVG path.", de="Zeile {}: Dieses Zeichen ist kein SVG-Pfad.")
NO_ROW = Text(
    en="{} lacks the row “{}”. Add it, or correct the name here.",
    de="In {} fehlt die Zeile „{}“. Ergänzen Sie sie, oder berichtigen Sie hier den Namen.",
)
NO_LINE = Text(en="There is no line “# {}:”. Add it.", de="Es gibt keine Zeile „# {}:“. Ergänzen Sie sie.")
HEADS, TOPICS = "questions/columns.csv", "questions/topics.csv"
NO_NUMBER = Text(en="“# start: {}” must be a number.", de="„# start: {}“ muss eine Zahl sein.")
NO_QUERY = Text(en="This is not SPARQL: {}.", de="Das ist kein SPARQL: {}.")
PLACE = re.compile(r"error at (\d+):(\d+): ")  # in a message of the parser


def check_tables(dataset: Dataset) -> Iterator[Finding]:
    """Find undefined names, glyphs that are no paths and texts in one language; other data may lack names of ours."""
    sources = dataset.sources
    if sources is None or not {file.name for file in data_files(sources)} <= {*dataset.origins.values()}:
        return
    for path in COLUMNS:
        folder, _, file = path.partition("/")
        for row in table(getattr(sources, folder), file):  # a malformed line is an error
            names = ((name, NAMES[column]) for column in NAMES.keys() & row for name in row[column].split())
            for name, prefix in names:
                if not _is_defined(dataset, name if ":" in name else f"{prefix}:{name}"):
                    yield Finding(SHAPES["table"], Literal(name), UNDEFINED.format(row.line), file=path)
            if not GLYPH.fullmatch(glyph := row.get("glyph", "M0")):
                yield Finding(SHAPES["table"], Literal(glyph), NO_GLYPH.format(row.line), file=path)
            yield from _check_texts(path, row)


def _check_texts(path: str, row: Row) -> Iterator[Finding]:
    """Find texts of a row that are in one language only."""
    for column, other in ((name, name.replace("de", "en")) for name in row if "de" in name.split("_")):
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
    """Find query files of ontology and shapes that are no SPARQL, prefixes that they do not use, and wrong heads."""
    store, sources = Store(), dataset.sources
    heads, topics = (table(sources.ontology, name) if sources else [] for name in (HEADS, TOPICS))
    for file in (*walk(sources.ontology, "ontology"), *walk(sources.shapes, "shapes")) if sources else ():
        if not file.name.endswith(".rq"):
            continue
        text = file.text()
        used = set(re.findall(r"(?<![\w?$-])([\w-]+):", NO_NAMES.sub("", text)))
        messages = [UNUSED.format(prefix) for prefix, _ in DECLARATION.findall(text) if prefix not in used]
        try:
            result = store.query(text)
            if file.name.startswith("ontology/questions/"):
                columns = result.variables if isinstance(result, QuerySolutions) else ()
                messages += _check_question(file, [column.value for column in columns], heads, topics)
        except SyntaxError as error:
            reason = [PLACE.sub(place, error.msg) for place in (r"Zeile \1, Spalte \2: ", r"line \1, column \2: ")]
            messages = [NO_QUERY.format(Text(*reason))]
        for message in messages:
            yield Finding(SHAPES["query"], DATASET, message, file=file.name)


def _check_question(file: File, columns: Iterable[str], heads: list[Row], topics: list[Row]) -> Iterator[Text]:
    """What the comments of a question lack, and the tables about it, if there are any."""
    comments, slug = dict(HEADER_COMMENT.findall(file.text())), file.content.name.removesuffix(".rq")
    own = {row["variable"] for row in heads if row["question"] in ("", slug)}
    lacking = [one for one in columns if own.isdisjoint((one, one.removesuffix("De"), one.removesuffix("En")))]
    yield from (NO_ROW.format(HEADS, one) for one in lacking if heads)
    if topics and (topic := comments.get("topic")) and topic not in {row["topic"] for row in topics}:
        yield NO_ROW.format(TOPICS, topic)
    pairs = (key[:-2] for key in comments if key.endswith(("-de", "-en")))
    keys = {f"{pair}{language}" for pair in pairs for language in ("de", "en")} | ({"topic"} if topics else set())
    yield from (NO_LINE.format(key) for key in sorted(keys - comments.keys()))
    if not (start := comments.get("start", "0")).isdecimal():
        yield NO_NUMBER.format(start)
