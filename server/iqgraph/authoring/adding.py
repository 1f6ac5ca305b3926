"""A new document from a text: its passages, and the file in which an author writes what they say."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..dataset.dataset import is_known
from ..dataset.documents import EDITORIAL
from ..dataset.passages import Passage, Table, digest_of, passage_name, read_tables
from ..errors import CallError
from ..resources import PASSAGES
from ..serialisation.turtle import compact
from ..terms import BASE, CONCEPT, GRAPH, ID, PREFIXES, RDF
from .mentions import Lexicon, uses
from .sentences import Span, parts, sections
from .written import LABELS, TODO, Written, to_label

FILE = "statements.trig"
HEAD_TEXTS = 5  # to write of the document itself: a label, two descriptions, two acronyms
# What needs no escape in the local part of a prefixed name (https://www.w3.org/TR/turtle/#sec-grammar-grammar), in a
# path of a URL or in the name of a file.
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ADDRESS = re.compile(r"https?://[^\x00-\x20<>\"{}|^`\\]+")  # https://www.w3.org/TR/turtle/#grammar-production-IRIREF
BEGINNING = re.compile(r"(?<!\w)\w")
LANGUAGES = {"de": "DEU", "en": "ENG"}
QUOTED, QUOTES = re.compile(r'"([^"]*)"'), {"de": r"„\1“", "en": r"“\1”"}
COUNTING = Text(
    de="Anfang und Ende einer Textstelle zählen Unicode-Codepunkte der als UTF-8 gelesenen Datei, so wie sie ist: ab "
    "0, das Ende ausgeschlossen, ohne Normalisierung.",
    en="Start and end of a passage count Unicode code points of the file decoded as UTF-8, as it is: from 0, end "
    "exclusive, without normalisation.",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document is called, in which language it is, and where its text can be read."""

    name: str
    language: str
    title: str
    source: str


def make(dataset: Dataset, text: str, origin: Origin, split: Sequence[int], join: Sequence[int]) -> dict[str, str]:
    """The files of a new document, by their names; a CallError where the text or the name is known already."""
    _refuse(dataset, text, origin)
    found = cut(text, parts(text, origin.language), split, join)
    passages = tuple(
        Passage(passage_name(order), section, part.kind, part.start, part.end, digest_of(text[part.start : part.end]))
        for order, (part, section) in enumerate(zip(found, sections(found), strict=True), 1)
    )
    table = Table(origin.name, len(text), digest_of(text), passages)
    return {PASSAGES: table.text(), FILE: _statements(dataset, text, origin, table)}


def is_begun(written: Written) -> bool:
    """Whether a document has more than `make` gives: a text in place of a TODO, or what a passage states."""
    passages = written.table().passages
    whole = HEAD_TEXTS + len(LABELS) * (len(passages) + len({one.section for one in passages}))
    says = (
        line.text for line in written.lines if line.graph and line.text.startswith("    ") and line.proposal is None
    )
    return len(written.unwritten()) < whole or any("dcterms:title" not in text for text in says)


def cut(text: str, found: Sequence[Span], split: Iterable[int], join: Iterable[int]) -> list[Span]:
    """The parts with some cuts more, and some less; a CallError where there is none to take back, or none possible."""
    first, kinds = found[0].start, {part.start: part.kind for part in found}
    for place in join:
        if place == first or kinds.pop(place, None) is None:
            raise CallError(
                de=f"--join {place}: Dort beginnt keine Textstelle.", en=f"--join {place}: no passage begins there."
            )
    for place in split:
        if not 0 < place < len(text) or re.fullmatch(r"\w\w", text[place - 1 : place + 1]) or text[place].isspace():
            near = sorted((one.start() for one in BEGINNING.finditer(text)), key=lambda start: abs(start - place))[:2]
            listed = ", ".join(map(str, sorted(near)))
            raise CallError(
                de=f"--split {place}: Dort beginnt kein Wort; die nächsten beginnen bei {listed}.",
                en=f"--split {place}: no word begins there; the nearest begin at {listed}.",
            )
        kinds[place] = kinds[max(start for start in kinds if start <= place)]
    spans = pairwise([*sorted(kinds), len(text)])
    return [Span(start, start + len(text[start:end].rstrip()), kinds[start]) for start, end in spans]


def _refuse(dataset: Dataset, text: str, origin: Origin) -> None:
    if not NAME.fullmatch(origin.name):
        raise CallError(
            de=f"--name {origin.name}: Ein Name hat kleine Buchstaben ohne Umlaute, Ziffern und Bindestriche.",
            en=f"--name {origin.name}: a name has small letters, digits and hyphens.",
        )
    if not origin.title.strip():
        raise CallError(de="--title: Der Titel ist leer.", en="--title: the title is empty.")
    if not ADDRESS.fullmatch(origin.source):
        raise CallError(
            de=f"--source {origin.source}: Eine Adresse beginnt mit https:// und hat keine Leerzeichen oder Klammern.",
            en=f"--source {origin.source}: an address begins with https:// and has no spaces or brackets.",
        )
    if not text.strip():
        raise CallError(
            de="Der Text ist leer; speichern Sie, was auf der Seite steht, und nennen Sie diese Datei.",
            en="The text is empty; save what the page says, and name that file.",
        )
    known = {table.digest: table.document for table in read_tables(dataset.sources)} if dataset.sources else {}
    if (other := known.get(digest_of(text), origin.name)) != origin.name:
        raise CallError(
            de=f"Dieser Text ist schon das Dokument {other}; was er sagt, steht in data/{other}/.",
            en=f"This text is the document {other} already; what it says stands in data/{other}/.",
        )
    if origin.name not in known.values() and _is_taken(dataset, origin.name):
        raise CallError(
            de=f"--name {origin.name}: So heißt schon etwas anderes (id:{origin.name} oder graph:{origin.name}); "
            f"nennen Sie das Dokument anders, etwa {origin.name}-text.",
            en=f"--name {origin.name}: something else has this name already (id:{origin.name} or graph:{origin.name}); "
            f"give the document another one, for instance {origin.name}-text.",
        )


def _is_taken(dataset: Dataset, name: str) -> bool:
    """Whether a thing has the IRI that the document would have, or a graph one like those of its passages.

    The graphs of names, notes and passages of each document count even where there is no document yet.
    """
    graphs = [*dataset.graphs(), *(GRAPH[kind] for kind in EDITORIAL)]
    begin = f"{GRAPH.iri}{name}/"
    return is_known(dataset.store, ID[name]) or any(f"{graph.value}/".startswith(begin) for graph in graphs)


def _statements(dataset: Dataset, text: str, origin: Origin, table: Table) -> str:
    """The file to write in: labels that are still to be written, and graphs of passages with suggestions alone."""
    lexicon = Lexicon(dataset, origin.language)
    own = {"g": f"{GRAPH.iri}{origin.name}/", "p": f"{BASE}passage/{origin.name}/"}
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted((PREFIXES | own).items()))
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
    skos:scopeNote {Literal(COUNTING.de, language="de")} ;
    skos:scopeNote {Literal(COUNTING.en, language="en")} .
"""
    # A heading is evidence of a title only if it says it.
    headings = (one for one in table.passages[:1] if one.kind == "Title")
    heading = next((one for one in headings if text[one.start : one.end].split() == origin.title.split()), None)
    head += "" if heading else f"\nid:{origin.name} dcterms:title {title} .\n"
    begins = {passage.section: passage.name for passage in reversed(table.passages)}
    blocks = [
        head,
        *(f"# from {begins[one]}\n{to_label(f'id:{origin.name}-section-{one}', LABELS)}" for one in sorted(begins)),
    ]
    for passage in table.passages:
        blocks.append(to_label(f"p:{passage.name}", LABELS))
        if passage.kind != "Caption":
            says = [f"id:{origin.name} dcterms:title {title} ."] if passage is heading else []
            hints = _hints(dataset, lexicon, text[passage.start : passage.end])
            body = "".join(f"    {line}\n" for line in [*says, *hints])
            blocks.append(f"g:{passage.name} {{\n{body}}}\n")
    return "\n".join([prefixes, *blocks])


def _hints(dataset: Dataset, lexicon: Lexicon, text: str) -> Iterator[str]:
    """What the passage may speak of, as comments: a thing with its class, a concept with the property it is used by."""
    for thing, label in lexicon.mentions(text).items():
        yield f"# {_said(dataset, thing)} . # {label}"
    for name in lexicon.names(text):
        yield f"# new? {name}"


def _said(dataset: Dataset, thing: NamedNode) -> str:
    if thing in CONCEPT:
        properties = Counter(compact(quad.predicate) for quad in uses(dataset, thing))
        return f"{min(properties, key=lambda one: (-properties[one], one))} {compact(thing)}"
    kinds = sorted({compact(quad.object) for quad in dataset.from_files(thing, RDF.type, None, None)})
    return f"{compact(thing)} a {', '.join(kinds)}"
