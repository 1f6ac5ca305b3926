"""The passages of a document as a table: the position and hash of each, and the triples that follow from them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from itertools import pairwise

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ..bilingual import Text, describe
from ..resources import PASSAGES, File, Sources, data_files
from ..terms import DCTERMS, GRAPH, ID, IQ, NIF, OA, RDF, SPDX, XSD, part_iri, passage_iri
from .faults import fault
from .reading import in_graph

HEADER = ("passage", "section", "kind", "start", "end", "sha256")
DOCUMENT = "Document"
CLASSES = {"Sentence": NIF.Sentence, "Title": NIF.Title, "Caption": None}
_NUMBER, _DIGEST = "([0-9]{1,9})", "([0-9a-f]{64})"
DOCUMENT_LINE = re.compile(f"([^,]*),,{DOCUMENT},0,{_NUMBER},{_DIGEST}")
PASSAGE_LINE = re.compile(f"([^,]*),{_NUMBER},({'|'.join(CLASSES)}),{_NUMBER},{_NUMBER},{_DIGEST}")
FIRST_PASSAGE_LINE = 3
EXPECTED = Text(de="Hier muss stehen: {}.", en="this must be: {}.")
DOCUMENT_COLUMNS = Text(
    de=f"Name,,{DOCUMENT},0,Länge,SHA-256 des ganzen Textes", en=f"name,,{DOCUMENT},0,length,SHA-256 of the text"
)
PASSAGE_COLUMNS = Text(
    de="Name einer Textstelle, Abschnitt, Art (Sentence, Title oder Caption), Anfang, Ende, SHA-256",
    en="name of a passage, section, kind (Sentence, Title or Caption), start, end, SHA-256",
)
MISPLACED = Text(
    de="Hier muss {} stehen, in Abschnitt {} oder einem späteren und nicht leer zwischen den Zeichen {} und {}.",
    en="this must be {}, in section {} or a later one, and not empty, between characters {} and {}.",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a text; positions count code points from 0, the end is exclusive."""

    name: str
    section: int
    kind: str
    start: int
    end: int
    digest: str


BEGINNING = Passage("", 0, "", 0, 0, "")  # that a first passage follows


@dataclass(frozen=True, slots=True)
class Table:
    """The passages of a document in their order, with the length and the hash of its text."""

    document: str
    length: int
    digest: str
    passages: tuple[Passage, ...]

    @property
    def sections(self) -> list[int]:
        """The numbers of the sections, sorted."""
        return sorted({passage.section for passage in self.passages})

    @property
    def graph(self) -> NamedNode:
        """The graph that describes the document, its sections and its passages."""
        return GRAPH[f"passages/{self.document}"]

    def quads(self) -> Iterator[Quad]:
        """The description of the document, its sections and its passages."""
        return (in_graph(triple, self.graph) for triple in self._triples())

    def text(self) -> str:
        """The table as CSV."""
        rows: Iterable[Sequence[object]] = (
            HEADER,
            (self.document, "", DOCUMENT, 0, self.length, self.digest),
            *map(astuple, self.passages),
        )
        return "".join(f"{','.join(map(str, row))}\n" for row in rows)

    def section(self, number: int) -> NamedNode:
        """The IRI of a section."""
        return ID[f"{self.document}-section-{number}"]

    def iri(self, passage: Passage) -> NamedNode:
        """The IRI of a passage."""
        return passage_iri(self.document, passage.name)

    def _triples(self) -> Iterator[Triple]:
        document = ID[self.document]
        yield from describe(document, (RDF.type, IQ.Document), (IQ.characterCount, Literal(self.length)))
        yield from describe_checksum(document, self.digest)
        for number in self.sections:
            facts = (RDF.type, IQ.Section), (DCTERMS.isPartOf, document), (IQ.order, Literal(number))
            yield from describe(self.section(number), *facts)
        for order, passage in enumerate(self.passages, 1):
            yield from self._describe(passage, order)
        for passage, following in pairwise(self.passages):
            if passage.kind == following.kind == "Sentence":
                yield Triple(self.iri(passage), NIF.nextSentence, self.iri(following))

    def _describe(self, passage: Passage, order: int) -> Iterator[Triple]:
        node = self.iri(passage)
        selector = part_iri(node, "selector")
        yield from describe(
            node,
            (RDF.type, (IQ.Passage, OA.SpecificResource, CLASSES[passage.kind])),
            (DCTERMS.isPartOf, self.section(passage.section)),
            (IQ.order, Literal(order)),
            (OA.hasSource, ID[self.document]),
            (OA.hasSelector, selector),
        )
        # The end is the position behind the last character: https://www.w3.org/TR/annotation-model/#text-position-selector
        span = (OA.start, Literal(passage.start)), (OA.end, Literal(passage.end))
        yield from describe(selector, (RDF.type, OA.TextPositionSelector), *span)
        yield from describe_checksum(node, passage.digest)


def passage_name(order: int) -> str:
    """The name of the passage with this number, counted from 1."""
    return f"S{order:02}"


def digest_of(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def read_tables(sources: Sources) -> list[Table]:
    """The tables of all documents."""
    return [read_table(file) for file in data_files(sources) if file.name.endswith(f"/{PASSAGES}")]


def read_table(file: File) -> Table:
    """The table in a file; a DatasetError names its first wrong line."""
    lines = file.text().splitlines()
    header, document, *rest = [*lines, *[""] * (FIRST_PASSAGE_LINE - len(lines))]  # a document has a passage
    if header != ",".join(HEADER):
        raise fault(file.name, EXPECTED.format(",".join(HEADER)), 1)
    if not (values := DOCUMENT_LINE.fullmatch(document)):
        raise fault(file.name, EXPECTED.format(DOCUMENT_COLUMNS), 2)
    length, passages = int(values[2]), list[Passage]()
    for number, line in enumerate(rest, FIRST_PASSAGE_LINE):
        if not (match := PASSAGE_LINE.fullmatch(line)):
            raise fault(file.name, EXPECTED.format(PASSAGE_COLUMNS), number)
        passage = Passage(match[1], int(match[2]), match[3], int(match[4]), int(match[5]), match[6])
        previous, expected = passages[-1] if passages else BEGINNING, passage_name(len(passages) + 1)
        follows = passage.name == expected and passage.section >= previous.section
        if not (follows and previous.end <= passage.start < passage.end <= length):
            place = expected, previous.section, previous.end, length
            raise fault(file.name, MISPLACED.format(*place), number)
        passages.append(passage)
    return Table(values[1], length, values[3], tuple(passages))


def describe_checksum(node: NamedNode, digest: str) -> Iterator[Triple]:
    """The SHA-256 of a node's content in the terms of SPDX."""
    checksum = part_iri(node, "checksum")
    yield Triple(node, SPDX.checksum, checksum)
    value = Literal(digest, datatype=XSD.hexBinary)
    facts = (SPDX.algorithm, SPDX.checksumAlgorithm_sha256), (SPDX.checksumValue, value)
    yield from describe(checksum, (RDF.type, SPDX.Checksum), *facts)
