"""The document against its passages: every offset and hash is computed again from the text."""

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from pyoxigraph import Literal, NamedNode

from ..bilingual import Text, sentences
from ..dataset import UNION, Dataset, Term
from ..dataset.passages import Passage, Table, digest_of, read_tables
from ..errors import CallError, DatasetError, sentence
from ..terms import DCTERMS, FOAF, ID, IQ, RDF, RDFS, SCHEMA, SHAPES, SKOS
from .findings import Finding, ordered

# What has a name of its own; what a concept, an event or a sentence is called is worded by us.
PROPER = {
    *(NamedNode(f"http://data.europa.eu/{name}") for name in ("eli/ontology#LegalResource", "m8g/PublicOrganisation")),
    NamedNode("http://www.w3.org/ns/org#Organization"),
    *(IQ.AmendingAct, IQ.Document, IQ.FundingInstrument, IQ.FundingProgramme, IQ.InformationOffice, IQ.LegalAct),
    *(IQ.NetworkFamily, IQ.Project, IQ.RegionalNetwork, IQ.ServiceCentre, FOAF.Document, SCHEMA.CreativeWork),
}
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
RUN_WORDS = 8
NAMES = (RDFS.label, SKOS.prefLabel, SKOS.altLabel, IQ.acronym)
RULE = SHAPES["document"]
WORD = re.compile(r"\w+")
Places = Mapping[Passage, tuple[int, int] | None]  # where each passage lies in a text, if it is there
BEGINNING = re.compile(r"(?<!\S)\S")

CHECKSUM = Text(en="The checksum of the file is another.", de="Die Prüfsumme der Datei ist eine andere.")
LINE_ENDS = Text(
    en="Only the line ends or a byte order mark are others: save the file with LF and without the mark.",
    de="Nur die Zeilenenden oder eine Marke am Anfang (BOM) sind andere: Speichern Sie mit LF und ohne BOM.",
)
COUNT = Text(en="The file has {} characters.", de="Die Datei hat {} Zeichen.")
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


def verify(dataset: Dataset, path: Path) -> list[Finding]:
    """What does not fit between the text of a document, its table of passages, and the words of the dataset."""
    written = read_utf8(path)
    # What editors change without being asked, and what the author has not changed.
    text = written.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    table = _identify(dataset, path, {digest_of(written), digest_of(text)}, text)
    places = {one: (one.start, one.end) if _fits(one, text) else _moved(one, text) for one in table.passages}
    findings = [*_file(dataset, table, written, text), *_places(dataset, table, text, places)]
    findings += [_finding(dataset, ID[table.document], UNCOVERED, *place) for place in _uncovered(places, text)]
    return ordered([*findings, *_copied(dataset, text)])


def read_utf8(path: Path) -> str:
    """The text of a file; a CallError says what it is if it is not in UTF-8, and how to change that."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        remedy = Text(de="Verlangt ist die Datei mit dem Text.", en="What is wanted is the file with the text.")
        raise CallError(sentences(sentence(error), remedy)) from error
    except OSError as error:
        raise CallError(sentence(error)) from error
    is_wide = content.startswith(WIDE_MARKS)
    if b"\0" in content and not is_wide:
        raise CallError(
            de=f"{path}: Das ist kein reiner Text (Bytes mit dem Wert null); speichern Sie ihn als reinen Text in "
            "UTF-8.",
            en=f"{path}: this is no plain text (bytes of value zero); save it as plain text in UTF-8.",
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        # Browsers take ISO 8859-1 for it, too, since what says so mostly is it
        # (https://encoding.spec.whatwg.org/#names-and-labels).
        encoding = "UTF-16" if is_wide else "WINDOWS-1252"
        reason = Text(
            de=f"Der Text ist nicht in UTF-8, siehe Byte {error.start}; vielleicht ist er in {encoding}.",
            en=f"the text is not UTF-8, see byte {error.start}; perhaps it is {encoding}.",
        )
        raise unfit(path, reason, f"iconv -f {encoding} -t UTF-8 {quote(str(path))} > text.txt") from error


def unfit(path: Path, reason: Text, remedy: str) -> CallError:
    """What is wrong with a file, and the command that changes it."""
    return CallError(
        de=f"{path}: {reason.de} Schreiben Sie ihn um, etwa mit: {remedy}",
        en=f"{path}: {reason.en} Convert it, for instance by: {remedy}",
    )


def _identify(dataset: Dataset, path: Path, digests: set[str], text: str) -> Table:
    """The table of the document with this checksum, else the one with most passages that fit."""
    tables = read_tables(dataset.sources) if dataset.sources else []
    fits = {
        table: len(table.passages) + 1
        if table.digest in digests
        else sum(_fits(one, text) or _moved(one, text) is not None for one in table.passages)
        for table in tables
    }
    best = max(tables, key=lambda one: fits[one], default=None)
    if best is None or not fits[best]:
        raise DatasetError(
            de=f"{path}: Weder die Prüfsumme noch eine Textstelle kommt im Datensatz vor.",
            en=f"{path}: neither its checksum nor any passage is one that the dataset knows.",
        )
    return best


def _fits(passage: Passage, text: str) -> bool:
    """Whether the text has at these offsets what was hashed."""
    return digest_of(text[passage.start : passage.end]) == passage.digest


def _moved(passage: Passage, text: str) -> tuple[int, int] | None:
    """Where else the text has what was hashed, at the beginning of a word."""
    length = passage.end - passage.start
    places = (match.start() for match in BEGINNING.finditer(text))
    spans = ((place, place + length) for place in places if place + length <= len(text))
    return next((span for span in spans if digest_of(text[slice(*span)]) == passage.digest), None)


def _file(dataset: Dataset, table: Table, written: str, text: str) -> Iterator[Finding]:
    document = ID[table.document]
    if table.digest != digest_of(written):
        yield _finding(dataset, document, LINE_ENDS if table.digest == digest_of(text) else CHECKSUM)
    if table.length != len(text):
        yield _finding(dataset, document, COUNT, len(text), path=IQ.characterCount)


def _places(dataset: Dataset, table: Table, text: str, places: Places) -> Iterator[Finding]:
    others = {one: place for one, place in places.items() if place != (one.start, one.end)}
    for one, place in others.items():
        if place:
            yield _finding(dataset, table.iri(one), MOVED, *place)
        else:
            message = DIFFERENT if one.end <= len(text) else OUTSIDE
            yield _finding(dataset, table.iri(one), message, one.start, one.end)
    if others:
        moved = sum(1 for place in others.values() if place)
        counts = (len(table.passages) - len(others), moved, len(others) - moved)
        yield _finding(dataset, ID[table.document], CHANGED, *counts)


def _uncovered(places: Places, text: str) -> Iterator[tuple[int, int]]:
    """Where text that is not white space lies in no passage, wherever these lie now."""
    place = 0
    for start, end in [*sorted(filter(None, places.values())), (len(text), len(text))]:
        gap = text[place:start]
        if gap.strip():
            first = place + len(gap) - len(gap.lstrip())
            yield first, first + len(gap.strip())
        place = max(place, end)


def _copied(dataset: Dataset, text: str) -> Iterator[Finding]:
    """Literals with a run of words of the document; a title or an official name may be one, wherever it stands."""
    known = set(_runs(text)).difference(*map(_runs, _names(dataset)))
    for quad in dataset.store.quads_for_pattern(None, None, None, UNION):
        if isinstance(quad.object, Literal) and not known.isdisjoint(_runs(quad.object.value)):
            yield _finding(dataset, quad.subject, COPIED, RUN_WORDS, path=quad.predicate)


def _names(dataset: Dataset) -> Iterator[str]:
    """Titles, and the names of what has a name of its own."""
    for predicate in (DCTERMS.title, *NAMES):
        for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
            is_name = predicate == DCTERMS.title or PROPER & {*dataset.values(quad.subject, RDF.type)}
            if is_name and isinstance(quad.object, Literal):
                yield quad.object.value


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [word.casefold() for word in WORD.findall(text)]
    return (tuple(words[place : place + RUN_WORDS]) for place in range(len(words) - RUN_WORDS + 1))


def _finding(dataset: Dataset, focus: Term, message: Text, *values: int, path: NamedNode | None = None) -> Finding:
    return Finding(RULE, focus, message.format(*values), path, file=dataset.place(focus, path))
