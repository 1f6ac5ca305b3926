"""Making a document from a text: the table of its passages, and the file in which an author writes their statements."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text, parse_date
from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..dataset.documents import EDITORIAL
from ..dataset.passages import Passage, Table, digest_of, passage_name, read_tables
from ..errors import CallError
from ..resources import PASSAGES
from ..serialisation.turtle import compact
from ..terms import CONCEPT, GRAPH, ID, PREFIXES, RDF, document_prefixes
from .folder import TODO, DocumentFolder
from .labelling import LABELS, label_block
from .mentions import Lexicon, uses
from .sentences import Span, section_numbers, split_text

FILE = "statements.trig"
DOCUMENT_TODOS = 5  # a label, two descriptions, two acronyms
# Needs no escape in the local part of a prefixed name (https://www.w3.org/TR/turtle/#sec-grammar-grammar), in the path
# of a URL or in a file name.
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TITLE = re.compile(r'(?:dcterms:title|skos:prefLabel) ("(?:[^"\\]|\\.)*")@')
LANGUAGES = {"de": "DEU", "en": "ENG"}
KINDS = {4: ("year", "xsd:gYear"), 7: ("month", "xsd:gYearMonth"), 10: ("day", "xsd:date")}  # by the length of a date
QUOTED, QUOTES = re.compile(r'"([^"]*)"'), {"de": r"„\1“", "en": r"“\1”"}
POSITIONS = Text(
    de="Anfang und Ende einer Textstelle zählen Unicode-Codepunkte der als UTF-8 gelesenen Datei, so wie sie ist: ab "
    "0, das Ende ausgeschlossen, ohne Normalisierung.",
    en="Start and end of a passage count Unicode code points of the file decoded as UTF-8, as it is: from 0, end "
    "exclusive, without normalisation.",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The name of a document, its language, its title, and the URL of its text."""

    name: str
    language: str
    title: str
    source: str


def make(dataset: Dataset, text: str, origin: Origin, split: Sequence[str], join: Sequence[str]) -> dict[str, str]:
    """The contents of a new document's files by name; a CallError if its text or its name already exists."""
    _check(dataset, text, origin)
    spans = adjust(text, split_text(text, origin.language), split, join)
    passages = tuple(
        Passage(passage_name(order), section, span.kind, span.start, span.end, digest_of(text[span.start : span.end]))
        for order, (span, section) in enumerate(zip(spans, section_numbers(spans), strict=True), 1)
    )
    table = Table(origin.name, len(text), digest_of(text), passages)
    return {PASSAGES: table.text(), FILE: _statements(dataset, text, origin, table)}


def is_edited(folder: DocumentFolder) -> bool:
    """Whether a document has more than `make` writes: a text instead of a TODO, another title, or a statement."""
    table = folder.table()
    todos = DOCUMENT_TODOS + len(LABELS) * (len(table.passages) + len(table.sections))
    texts = {text for line in folder.lines for text in TITLE.findall(line.text)} - {f'"{TODO}"'}
    bodies = (line for line in folder.lines if line.graph and line.text.startswith("    ") and line.suggestion is None)
    has_statements = any("dcterms:title" not in line.text for line in bodies)
    return len(folder.todo_lines()) < todos or len(texts) > 1 or has_statements


def adjust(text: str, spans: Sequence[Span], split: Iterable[str], join: Iterable[str]) -> list[Span]:
    """The spans with more starts (`split`) and fewer (`join`), each given by the words that begin there."""
    first, kinds = spans[0].start, {span.start: span.kind for span in spans}
    for words in join:
        start = _find(text, words, "--join")
        if start == first or kinds.pop(start, None) is None:
            raise CallError(
                de=f"--join „{words}“: Dort beginnt keine Textstelle, der eine andere vorausgeht.",
                en=f"--join “{words}”: no passage begins there that follows another one.",
            )
    for start in (_find(text, words, "--split") for words in split):
        kinds[start] = kinds[max(other for other in kinds if other <= start)]
    bounds = pairwise([*sorted(kinds), len(text)])
    return [Span(start, start + len(text[start:end].rstrip()), kinds[start]) for start, end in bounds]


def _find(text: str, cut: str, option: str) -> int:
    """The position of the words of a cut; a CallError if they do not occur exactly once."""
    words = r"\s+".join(map(re.escape, cut.split()))
    starts = [match.start() for match in re.finditer(rf"(?<!\w){words}", text)] if words else []
    if len(starts) != 1:
        raise CallError(
            de=f"{option} „{cut}“: Das steht {len(starts)}-mal im Text; nennen Sie Wörter, die genau einmal vorkommen.",
            en=f"{option} “{cut}”: the text has this {len(starts)} times; give words that occur exactly once.",
        )
    return starts[0]


def _check(dataset: Dataset, text: str, origin: Origin) -> None:
    if not NAME.fullmatch(origin.name):
        raise CallError(
            de=f"--name {origin.name}: Ein Name hat kleine Buchstaben ohne Umlaute, Ziffern und Bindestriche.",
            en=f"--name {origin.name}: a name has lower-case letters, digits and hyphens.",
        )
    if not origin.title.strip() or not origin.title.isprintable():
        raise CallError(
            de="--title: Der Titel ist leer oder hat Zeilenumbrüche; schreiben Sie ihn in eine Zeile.",
            en="--title: the title is empty or has line breaks; write it in one line.",
        )
    if not _is_web_address(origin.source):
        raise CallError(
            de=f"--source {origin.source}: Eine Adresse beginnt mit https:// und hat keine Leerzeichen oder Klammern.",
            en=f"--source {origin.source}: an address begins with https:// and has no spaces or brackets.",
        )
    if not text.strip():
        raise CallError(
            de="Der Text ist leer; speichern Sie, was auf der Seite steht, und nennen Sie diese Datei.",
            en="The text is empty; save the text of the page, and give that file.",
        )
    documents = {table.digest: table.document for table in read_tables(dataset.sources)} if dataset.sources else {}
    if (other := documents.get(digest_of(text), origin.name)) != origin.name:
        raise CallError(
            de=f"Dieser Text ist schon das Dokument {other}; seine Aussagen stehen in data/{other}/.",
            en=f"This text is already the document {other}; its statements are in data/{other}/.",
        )
    if origin.name not in documents.values() and _is_in_use(dataset, origin.name):
        raise CallError(
            de=f"--name {origin.name}: So heißt schon etwas anderes (id:{origin.name} oder graph:{origin.name}); "
            f"nennen Sie das Dokument anders, etwa {origin.name}-text.",
            en=f"--name {origin.name}: something else already has this name (id:{origin.name} or graph:{origin.name}); "
            f"give the document another one, for instance {origin.name}-text.",
        )


def _is_web_address(text: str) -> bool:
    """Whether a text is an IRI of the web, as the parser of the document's file reads it."""
    try:
        return NamedNode(text).value.startswith(("http://", "https://"))
    except ValueError:
        return False


def _is_in_use(dataset: Dataset, name: str) -> bool:
    """Whether a thing has the IRI of such a document, or a graph an IRI like those of its passages.

    The graphs of names, notes and passages count even if no document has them yet.
    """
    graphs = [*dataset.graphs(), *(GRAPH[kind] for kind in EDITORIAL)]
    start = f"{GRAPH.iri}{name}/"
    return is_known(dataset.store, ID[name]) or any(f"{graph.value}/".startswith(start) for graph in graphs)


def _statements(dataset: Dataset, text: str, origin: Origin, table: Table) -> str:
    """The file for the author: labels as TODO, and a graph for each passage with suggestions as comments."""
    lexicon = Lexicon(dataset, origin.language)
    own = PREFIXES | document_prefixes(origin.name)
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(own.items()))
    title = Literal(QUOTED.sub(QUOTES[origin.language], origin.title), language=origin.language)
    labels = {language: Literal(TODO, language=language) for language in LANGUAGES} | {origin.language: title}
    head = f"""id:{origin.name} skos:prefLabel {labels["de"]} ;
    skos:prefLabel {labels["en"]} ;
    dcterms:description "{TODO}"@de ;
    dcterms:description "{TODO}"@en ;
    iq:acronym "{TODO}"@de ;
    iq:acronym "{TODO}"@en ;
    dcterms:language <http://publications.europa.eu/resource/authority/language/{LANGUAGES[origin.language]}> ;
    dcterms:source <{origin.source}> ;
    skos:scopeNote {Literal(POSITIONS.de, language="de")} ;
    skos:scopeNote {Literal(POSITIONS.en, language="en")} .
"""
    # Only a heading with the same words is evidence of the title.
    first = table.passages[0]
    is_heading = first.kind == "Title" and text[first.start : first.end].split() == origin.title.split()
    head += "" if is_heading else f"\nid:{origin.name} dcterms:title {title} .\n"
    sections = sorted({passage.section for passage in table.passages})
    blocks = [head, *(label_block(f"id:{origin.name}-section-{section}", LABELS) for section in sections)]
    for passage in table.passages:
        blocks.append(label_block(f"p:{passage.name}", LABELS))
        if passage.kind != "Caption":
            statements = [f"id:{origin.name} dcterms:title {title} ."] if is_heading and passage is first else []
            suggestions = _suggestions(dataset, lexicon, text[passage.start : passage.end])
            body = "".join(f"    {line}\n" for line in [*statements, *suggestions])
            blocks.append(f"g:{passage.name} {{\n{body}}}\n")
    return "\n".join([prefixes, *blocks])


def _suggestions(dataset: Dataset, lexicon: Lexicon, text: str) -> Iterator[str]:
    """What the passage may mention, as comments: things with their classes, concepts with their commonest property."""
    for thing, label in lexicon.mentions(text).items():
        if thing in CONCEPT:
            properties = Counter(sorted(compact(quad.predicate) for quad in uses(dataset, thing)))
            suggestion = f"{properties.most_common(1)[0][0]} {compact(thing)}"
        else:
            classes = sorted({compact(quad.object) for quad in dataset.asserted_quads(thing, RDF.type, None, None)})
            suggestion = f"{compact(thing)} a {', '.join(classes)}"
        yield f"# {suggestion} . # {label}"
    for name in lexicon.names(text):
        time = time_span(name)
        yield f"# {time} . # {name}" if time else f"# new? {name}"


def time_span(name: str) -> str | None:
    """A time span for a date, or for a range of dates of one kind; None for any other name."""
    dates = [parse_date(part) or "" for part in name.split("–")]
    if dates != sorted(dates) or len({*map(len, dates)}) > 1 or not dates[0]:
        return None
    kind, datatype = KINDS[len(dates[0])]
    slug = "-".join([kind if len(dates) == 1 else "span", *dates])
    start, end = (f'"{date}"^^{datatype}' for date in (dates[0], dates[-1]))
    return f"id:{slug} a iq:TimeSpan ; dcat:startDate {start} ; dcat:endDate {end}"
