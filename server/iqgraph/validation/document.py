"""The text of a document, compared with the offsets and hashes of its passages."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text, sentences
from ..dataset import UNION, Dataset, Term
from ..dataset.passages import Passage, Table, digest_of, read_tables
from ..errors import CallError, DatasetError, not_utf8, sentence
from ..terms import DCTERMS, FOAF, ID, IQ, RDF, RDFS, SCHEMA, SHAPES, SKOS
from .findings import Finding, sort_findings

# Members of these classes have official names; what a concept, an event or a sentence is called is our own wording.
NAMED_CLASSES = {
    *(NamedNode(f"http://data.europa.eu/{name}") for name in ("eli/ontology#LegalResource", "m8g/PublicOrganisation")),
    NamedNode("http://www.w3.org/ns/org#Organization"),
    *(IQ.AmendingAct, IQ.Document, IQ.FundingInstrument, IQ.FundingProgramme, IQ.InformationOffice, IQ.LegalAct),
    *(IQ.NetworkFamily, IQ.Project, IQ.RegionalNetwork, IQ.ServiceCentre, FOAF.Document, SCHEMA.CreativeWork),
}
NAMES = (RDFS.label, SKOS.prefLabel, SKOS.altLabel, IQ.acronym)
MIN_COPY_WORDS = 8
RULE = SHAPES["document"]
WORD, WORD_START = re.compile(r"\w+"), re.compile(r"(?<!\S)\S")
Span = tuple[int, int]
Spans = Mapping[Passage, Span | None]  # None for a passage that is not in the text

CHECKSUM = Text(en="The checksum of the file differs.", de="Die Prüfsumme der Datei ist eine andere.")
LINE_ENDS = Text(
    en="Only the line ends or a byte order mark differ: save the file with LF and without the mark.",
    de="Nur die Zeilenenden oder eine Marke am Anfang (BOM) sind andere: Speichern Sie mit LF und ohne BOM.",
)
COUNT = Text(en="The file has {} characters.", de="Die Datei hat {} Zeichen.")
DIFFERENT = Text(en="The text at [{}, {}) has another hash.", de="Der Text bei [{}, {}) hat einen anderen Hash.")
MOVED = Text(en="The passage is at [{}, {}) now.", de="Die Textstelle liegt jetzt bei [{}, {}).")
CHANGED = Text(
    en="Passages in their place: {}, moved: {}, no longer in the text: {}.",
    de="Textstellen an ihrem Platz: {}, verschoben: {}, nicht mehr im Text: {}.",
)
UNCOVERED = Text(en="The text at [{}, {}) is in no passage.", de="Der Text bei [{}, {}) liegt in keiner Textstelle.")
COPY = Text(
    en="The literal repeats {} or more consecutive words of the document.",
    de="Der Wert wiederholt mindestens {} Wörter des Dokuments hintereinander.",
)


def verify(dataset: Dataset, path: Path) -> list[Finding]:
    """Compare the text of a document with its table of passages, and with the literals of the dataset."""
    raw_text = read_utf8(path)
    # Editors change line ends and the byte order mark without being asked.
    text = raw_text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    table = _identify(dataset, path, text)
    document, spans = ID[table.document], {passage: _find(passage, text) for passage in table.passages}
    findings = [*_passages(dataset, table, spans), *_copies(dataset, text)]
    if table.digest != digest_of(raw_text):
        findings.append(_finding(dataset, document, LINE_ENDS if table.digest == digest_of(text) else CHECKSUM))
    if table.length != len(text):
        findings.append(_finding(dataset, document, COUNT, len(text), path=IQ.characterCount))
    return sort_findings([*findings, *(_finding(dataset, document, UNCOVERED, *gap) for gap in _gaps(spans, text))])


def read_utf8(path: Path) -> str:
    """The text of a file; CallError if it is not in UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        remedy = Text(de="Nennen Sie die Datei mit dem Text.", en="Name the file with the text.")
        is_missing = isinstance(error, FileNotFoundError)
        raise CallError(sentences(sentence(error), remedy) if is_missing else sentence(error)) from error
    if b"\0" in content:
        raise CallError(
            de=f"{path}: Das ist kein reiner Text, denn er enthält Nullbytes; speichern Sie ihn als Text in UTF-8.",
            en=f"{path}: this is not plain text, since it has null bytes; save it as plain text in UTF-8.",
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise CallError(not_utf8(str(path), error)) from error


def _identify(dataset: Dataset, path: Path, text: str) -> Table:
    """The table of the document with most passages in the text."""
    tables = read_tables(dataset.sources) if dataset.sources else []
    matches = {table: sum(_find(passage, text) is not None for passage in table.passages) for table in tables}
    best = max(tables, key=lambda table: matches[table], default=None)
    if best is None or not matches[best]:
        raise DatasetError(
            de=f"{path}: Weder die Prüfsumme noch eine Textstelle kommt im Datensatz vor.",
            en=f"{path}: neither the checksum nor any passage is in the dataset.",
        )
    return best


def _find(passage: Passage, text: str) -> Span | None:
    """Where the text has the content of a passage: at its offsets, else at the start of any word."""
    length = passage.end - passage.start
    starts = (passage.start, *(match.start() for match in WORD_START.finditer(text)))
    spans = ((start, start + length) for start in starts if start + length <= len(text))
    return next((span for span in spans if digest_of(text[slice(*span)]) == passage.digest), None)


def _passages(dataset: Dataset, table: Table, spans: Spans) -> Iterator[Finding]:
    """The passages that are elsewhere or have changed, and how many there are of each."""
    others = {passage: span for passage, span in spans.items() if span != (passage.start, passage.end)}
    for passage, span in others.items():
        message, positions = (MOVED, span) if span else (DIFFERENT, (passage.start, passage.end))
        yield _finding(dataset, table.iri(passage), message, *positions)
    if others:
        moved = sum(span is not None for span in others.values())
        counts = (len(table.passages) - len(others), moved, len(others) - moved)
        yield _finding(dataset, ID[table.document], CHANGED, *counts)


def _gaps(spans: Spans, text: str) -> Iterator[Span]:
    """The spans between passages that are not only white space."""
    place = 0
    for start, end in [*sorted(filter(None, spans.values())), (len(text), len(text))]:
        gap = text[place:start]
        if gap.strip():
            first = place + len(gap) - len(gap.lstrip())
            yield first, first + len(gap.strip())
        place = max(place, end)


def _copies(dataset: Dataset, text: str) -> Iterator[Finding]:
    """The literals that repeat many words of the document; titles and official names may do so."""
    runs = set(_runs(text)).difference(*map(_runs, _names(dataset)))
    for quad in dataset.store.quads_for_pattern(None, None, None, UNION):
        if isinstance(quad.object, Literal) and not runs.isdisjoint(_runs(quad.object.value)):
            yield _finding(dataset, quad.subject, COPY, MIN_COPY_WORDS, path=quad.predicate)


def _names(dataset: Dataset) -> Iterator[str]:
    """Titles and official names."""
    for predicate in (DCTERMS.title, *NAMES):
        for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
            is_name = predicate == DCTERMS.title or NAMED_CLASSES & {*dataset.values(quad.subject, RDF.type)}
            if is_name and isinstance(quad.object, Literal):
                yield quad.object.value


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """All runs of MIN_COPY_WORDS words."""
    words = [word.casefold() for word in WORD.findall(text)]
    return (tuple(words[start : start + MIN_COPY_WORDS]) for start in range(len(words) - MIN_COPY_WORDS + 1))


def _finding(dataset: Dataset, focus: Term, message: Text, *values: int, path: NamedNode | None = None) -> Finding:
    return Finding(RULE, focus, message.format(*values), path, file=dataset.place(focus, path))
