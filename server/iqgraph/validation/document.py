"""The document against its passages: every offset and hash is computed again from the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import UNION, Dataset, Term
from ..errors import CallError, DatasetError, sentence
from ..terms import DCTERMS, IQ, OA, RDF, RDFS, SHAPES, SKOS, SPDX
from .findings import Finding, ordered

LAWS = {IQ.LegalAct, IQ.AmendingAct, NamedNode("http://data.europa.eu/eli/ontology#LegalResource")}
RUN_WORDS = 8
NAMES = {RDFS.label, SKOS.prefLabel, SKOS.altLabel, IQ.acronym, DCTERMS.title}
RULE = SHAPES["document"]
WORD = re.compile(r"\w+")
BEGINNING = re.compile(r"(?<!\S)\S")

CHECKSUM = Text(en="The checksum of the file is another.", de="Die Prüfsumme der Datei ist eine andere.")
LINE_ENDS = Text(
    en="Only the line ends or a byte order mark are others: save the file with LF and without the mark.",
    de="Nur die Zeilenenden oder eine Marke am Anfang (BOM) sind andere: Speichern Sie mit LF und ohne BOM.",
)
COUNT = Text(en="The file has {} characters.", de="Die Datei hat {} Zeichen.")
INCOMPLETE = Text(
    en="The passage lacks offsets or a checksum.", de="Der Textstelle fehlen Anfang, Ende oder Prüfsumme."
)
OUTSIDE = Text(en="[{}, {}) is no span of the text.", de="[{}, {}) ist kein Abschnitt des Textes.")
DIFFERENT = Text(en="The text at [{}, {}) has another hash.", de="Der Text bei [{}, {}) hat einen anderen Hash.")
MOVED = Text(en="The passage lies at [{}, {}) now.", de="Die Textstelle liegt jetzt bei [{}, {}).")
CHANGED = Text(
    en="{} passages stayed where they were, {} moved, {} are not in the text any more.",
    de="{} Textstellen blieben, wo sie waren, {} liegen anderswo, {} sind nicht mehr im Text.",
)
UNCOVERED = Text(en="The text at [{}, {}) is in no passage.", de="Der Text bei [{}, {}) liegt in keiner Textstelle.")
COPIED = Text(
    en="The literal repeats {} or more words of the document in a row.",
    de="Der Wert wiederholt mindestens {} Wörter des Dokuments hintereinander.",
)


@dataclass(frozen=True)
class Span:
    """What the dataset says of one passage."""

    passage: Term
    start: int
    end: int
    digest: str

    def inside(self, text: str) -> bool:
        """Whether the text has these offsets."""
        return 0 <= self.start < self.end <= len(text)

    def fits(self, text: str) -> bool:
        """Whether the text has at these offsets what was hashed."""
        return self.inside(text) and _digest(text[self.start : self.end].encode()) == self.digest

    def moved(self, text: str) -> tuple[int, int] | None:
        """Where else the text has what was hashed, at the beginning of a word."""
        length = self.end - self.start
        places = (match.start() for match in BEGINNING.finditer(text))
        spans = ((place, place + length) for place in places if place + length <= len(text))
        return next((span for span in spans if _digest(text[slice(*span)].encode()) == self.digest), None)


def verify(dataset: Dataset, path: Path) -> list[Finding]:
    """What does not fit between the document and what the dataset says of its passages and words."""
    content, written = _read(path)
    text = written.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    document = _identify(dataset, path, content, text)
    passages = _passages(dataset, document)
    spans = [span for span in (_span(dataset, one) for one in passages) if span]
    findings = [*_file(dataset, document, content, text), *_places(dataset, passages, spans, text)]
    findings += [_finding(dataset, document, UNCOVERED, *place) for place in _uncovered(spans, text)]
    return ordered([*findings, *_copied(dataset, text)])


def _read(path: Path) -> tuple[bytes, str]:
    try:
        content = path.read_bytes()
        return content, content.decode()
    except OSError as error:
        raise CallError(sentence(error)) from error
    except UnicodeDecodeError as error:
        raise CallError(
            de=f"{path}: Das Dokument ist nicht in UTF-8, siehe Byte {error.start}.",
            en=f"{path}: the document is not UTF-8, see byte {error.start}.",
        ) from error


def _identify(dataset: Dataset, path: Path, content: bytes, text: str) -> Term:
    """The document with this checksum, else the one with most passages that fit."""
    documents = dataset.subjects(RDF.type, IQ.Document)
    for document in documents:
        if _checksum(dataset, document) in (_digest(content), _digest(text.encode())):
            return document
    fits = {document: _fitting(dataset, document, text) for document in documents}
    best = max(documents, key=lambda one: fits[one], default=None)
    if best is None or not fits[best]:
        raise DatasetError(
            de=f"{path}: Weder die Prüfsumme noch eine Textstelle kommt im Datensatz vor.",
            en=f"{path}: neither its checksum nor any passage is one that the dataset knows.",
        )
    return best


def _fitting(dataset: Dataset, document: Term, text: str) -> int:
    spans = (_span(dataset, passage) for passage in _passages(dataset, document))
    return sum(1 for span in spans if span and (span.fits(text) or span.moved(text)))


def _passages(dataset: Dataset, document: Term) -> list[Term]:
    return dataset.subjects(OA.hasSource, document)


def _span(dataset: Dataset, passage: Term) -> Span | None:
    """The span of a passage, if it is said once and whole."""
    selectors = dataset.values(passage, OA.hasSelector)
    numbers = [_number(dataset, node, one) for node in selectors for one in (OA.start, OA.end)]
    digest = _checksum(dataset, passage)
    match numbers, digest:
        case [int(start), int(end)], str():
            return Span(passage, start, end, digest)
    return None


def _number(dataset: Dataset, node: Term, predicate: NamedNode) -> int | None:
    match dataset.values(node, predicate):
        case [Literal() as value] if value.value.isdecimal():
            return int(value.value)
    return None


def _checksum(dataset: Dataset, node: Term) -> str | None:
    found = [value for one in dataset.values(node, SPDX.checksum) for value in dataset.values(one, SPDX.checksumValue)]
    match found:
        case [Literal() as value]:
            return value.value.lower()
    return None


def _file(dataset: Dataset, document: Term, content: bytes, text: str) -> Iterator[Finding]:
    if _checksum(dataset, document) != _digest(content):
        is_same_text = _checksum(dataset, document) == _digest(text.encode())
        yield _finding(dataset, document, LINE_ENDS if is_same_text else CHECKSUM)
    if _number(dataset, document, IQ.characterCount) != len(text):
        yield _finding(dataset, document, COUNT, len(text), path=IQ.characterCount)


def _places(dataset: Dataset, passages: Sequence[Term], spans: list[Span], text: str) -> Iterator[Finding]:
    for passage in set(passages) - {span.passage for span in spans}:
        yield _finding(dataset, passage, INCOMPLETE)
    places = {span.passage: span.moved(text) for span in spans if not span.fits(text)}
    for span in spans:
        if place := places.get(span.passage):
            yield _finding(dataset, span.passage, MOVED, *place)
        elif span.passage in places:
            yield _finding(dataset, span.passage, DIFFERENT if span.inside(text) else OUTSIDE, span.start, span.end)
    if places:
        moved = sum(1 for place in places.values() if place)
        counts = (len(spans) - len(places), moved, len(places) - moved)
        yield _finding(dataset, dataset.values(passages[0], OA.hasSource)[0], CHANGED, *counts)


def _uncovered(spans: list[Span], text: str) -> Iterator[tuple[int, int]]:
    """Where text that is not white space lies in no passage."""
    place = 0
    for start, end in [*sorted((span.start, span.end) for span in spans), (len(text), len(text))]:
        gap = text[place:start]
        if gap.strip():
            first = place + len(gap) - len(gap.lstrip())
            yield first, first + len(gap.strip())
        place = max(place, end)


def _copied(dataset: Dataset, text: str) -> Iterator[Finding]:
    """Literals with a run of words of the document; the official names of laws may be such."""
    known = set(_runs(text))
    for quad in dataset.store.quads_for_pattern(None, None, None, UNION):
        copied = isinstance(quad.object, Literal) and not known.isdisjoint(_runs(quad.object.value))
        if copied and not (quad.predicate in NAMES and _is_law(dataset, quad.subject)):
            yield _finding(dataset, quad.subject, COPIED, RUN_WORDS, path=quad.predicate)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [word.casefold() for word in WORD.findall(text)]
    return (tuple(words[place : place + RUN_WORDS]) for place in range(len(words) - RUN_WORDS + 1))


def _is_law(dataset: Dataset, node: Term) -> bool:
    return not LAWS.isdisjoint(dataset.values(node, RDF.type))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _finding(dataset: Dataset, focus: Term, message: Text, *values: int, path: NamedNode | None = None) -> Finding:
    texts = Text(*(text.format(*values) for text in message))
    return Finding(RULE, focus, texts, path, file=dataset.place(focus, path))
