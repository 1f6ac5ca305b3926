"""The passages of a document as a table: where each lies in the text, with its hash; what else follows is derived."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ..bilingual import Text, describe, untranslated
from ..errors import DatasetError
from ..resources import PASSAGES, File, Sources, data_files
from ..terms import DCTERMS, ID, IQ, NIF, OA, RDF, SPDX, XSD, part_iri, passage_iri, passages_graph
from .reading import in_graph

HEAD = ("passage", "section", "kind", "start", "end", "sha256")
WHOLE = "Document"
KINDS = {"Sentence": NIF.Sentence, "Title": NIF.Title, "Caption": None}
_NUMBER, _DIGEST = "([0-9]{1,9})", "([0-9a-f]{64})"
OF_WHOLE = re.compile(f"([^,]*),,{WHOLE},0,{_NUMBER},{_DIGEST}")
OF_PASSAGE = re.compile(f"([^,]*),{_NUMBER},({'|'.join(KINDS)}),{_NUMBER},{_NUMBER},{_DIGEST}")
FIRST_PASSAGE = 3  # by the lines of the file
THIS = Text(de="Hier muss stehen: {}.", en="this must be: {}.")
LINE_OF_WHOLE = Text(
    de=f"Name,,{WHOLE},0,Länge,SHA-256 des ganzen Textes", en=f"name,,{WHOLE},0,length,SHA-256 of the text"
)
LINE_OF_PASSAGE = Text(
    de="Name einer Textstelle, Abschnitt, Art (Sentence, Title oder Caption), Anfang, Ende, SHA-256",
    en="name of a passage, section, kind (Sentence, Title or Caption), start, end, SHA-256",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a text; positions count code points from 0, the end is excluded."""

    name: str
    section: int
    kind: str
    start: int
    end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Table:
    """The passages of a document in their order, with the length and the hash of its text."""

    document: str
    length: int
    digest: str
    passages: tuple[Passage, ...]

    def quads(self) -> Iterator[Quad]:
        """What the table says of the document, its sections and its passages."""
        graph = passages_graph(self.document)
        return (in_graph(one, graph) for one in self._triples())

    def text(self) -> str:
        """The table as CSV."""
        rows: Iterable[Sequence[object]] = (
            HEAD,
            (self.document, "", WHOLE, 0, self.length, self.digest),
            *((one.name, one.section, one.kind, one.start, one.end, one.digest) for one in self.passages),
        )
        return "".join(f"{','.join(map(str, row))}\n" for row in rows)

    def _triples(self) -> Iterator[Triple]:
        document = ID[self.document]
        yield from describe(document, (RDF.type, IQ.Document), (IQ.characterCount, Literal(self.length)))
        yield from describe_checksum(document, self.digest)
        for number in sorted({one.section for one in self.passages}):
            facts = (RDF.type, IQ.Section), (DCTERMS.isPartOf, document), (IQ.order, Literal(number))
            yield from describe(self.section(number), *facts)
        for order, one in enumerate(self.passages, 1):
            yield from self._passage(one, order)
        for one, following in pairwise(self.passages):
            if one.kind == following.kind == "Sentence":
                yield Triple(self.iri(one), NIF.nextSentence, self.iri(following))

    def _passage(self, passage: Passage, order: int) -> Iterator[Triple]:
        node = self.iri(passage)
        selector = part_iri(node, "selector")
        yield from describe(
            node,
            (RDF.type, (IQ.Passage, OA.SpecificResource, KINDS[passage.kind])),
            (DCTERMS.isPartOf, self.section(passage.section)),
            (IQ.order, Literal(order)),
            (OA.hasSource, ID[self.document]),
            (OA.hasSelector, selector),
        )
        # The end is the position behind the last character: https://www.w3.org/TR/annotation-model/#text-position-selector
        span = (OA.start, Literal(passage.start)), (OA.end, Literal(passage.end))
        yield from describe(selector, (RDF.type, OA.TextPositionSelector), *span)
        yield from describe_checksum(node, passage.digest)

    def section(self, number: int) -> NamedNode:
        """A section of the document."""
        return ID[f"{self.document}-section-{number}"]

    def iri(self, passage: Passage) -> NamedNode:
        """The IRI of a passage."""
        return passage_iri(self.document, passage.name)


def passage_name(order: int) -> str:
    """What the passage at a place of the order is called, from 1."""
    return f"S{order:02}"


def digest_of(text: str) -> str:
    """The SHA-256 of a text, in UTF-8."""
    return sha256(text.encode()).hexdigest()


def read_tables(sources: Sources) -> list[Table]:
    """The tables of all documents."""
    return [read_table(file) for file in data_files(sources) if file.name.endswith(f"/{PASSAGES}")]


def read_table(file: File) -> Table:
    """The table in a file, or one sentence on the first line that is wrong."""
    rows = csv.reader(file.text().splitlines())
    try:
        lines = [",".join(row) for row in rows]
    except csv.Error as error:
        raise _error(file, untranslated(f"{error}."), rows.line_num) from error
    head, whole, *others = [*lines, *[""] * (FIRST_PASSAGE - len(lines))]  # a document has a passage
    if head != ",".join(HEAD):
        raise _error(file, THIS.format(",".join(HEAD)), 1)
    if not (known := OF_WHOLE.fullmatch(whole)):
        raise _error(file, THIS.format(LINE_OF_WHOLE), 2)
    length, passages = int(known[2]), list[Passage]()
    for number, line in enumerate(others, FIRST_PASSAGE):
        if not (found := OF_PASSAGE.fullmatch(line)):
            raise _error(file, THIS.format(LINE_OF_PASSAGE), number)
        name, section, kind, start, end, digest = found.groups()
        one = Passage(name, int(section), kind, int(start), int(end), digest)
        if fault := _fault(one, passage_name(number - 2), passages[-1] if passages else None, length):
            raise _error(file, fault, number)
        passages.append(one)
    return Table(known[1], length, known[3], tuple(passages))


def _fault(one: Passage, name: str, last: Passage | None, length: int) -> Text | None:
    """Why a passage is not the one of this name behind the last; of two that overlap either may be wrong."""
    if one.name != name:
        return Text(de=f"Hier muss {name} stehen, nicht {one.name}.", en=f"this must be {name}, not {one.name}.")
    if last and one.section < last.section:
        return Text(
            de=f"{name} ist in Abschnitt {one.section}, die Textstelle davor schon in {last.section}.",
            en=f"{name} is in section {one.section}, the passage before it already in {last.section}.",
        )
    if last and one.start < last.end:
        return Text(
            de=f"{name} beginnt bei {one.start}, vor dem Ende von {last.name} in der Zeile davor, {last.end}.",
            en=f"{name} starts at {one.start}, before the end of {last.name} in the line before, {last.end}.",
        )
    if not one.start < one.end <= length:
        return Text(
            de=f"{name} geht von {one.start} bis {one.end} und damit nicht vorwärts oder über den Text von "
            f"{length} Zeichen hinaus.",
            en=f"{name} goes from {one.start} to {one.end}, which is not forwards or is beyond the text of "
            f"{length} characters.",
        )
    return None


def _error(file: File, text: Text, line: int) -> DatasetError:
    return DatasetError(de=f"{file.name}: Zeile {line}: {text.de}", en=f"{file.name}: line {line}: {text.en}")


def describe_checksum(node: NamedNode, digest: str) -> Iterator[Triple]:
    """The SHA-256 of something as SPDX describes it."""
    checksum = part_iri(node, "checksum")
    yield Triple(node, SPDX.checksum, checksum)
    value = Literal(digest, datatype=XSD.hexBinary)
    facts = (SPDX.algorithm, SPDX.checksumAlgorithm_sha256), (SPDX.checksumValue, value)
    yield from describe(checksum, (RDF.type, SPDX.Checksum), *facts)
