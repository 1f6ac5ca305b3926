"""The publication: what is published, by whom, with which title and licence; every record of it is made from this."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode

from ..bilingual import Text, Value
from ..dataset import Dataset, GraphName
from ..dataset.builtin_graphs import RULES
from ..formats import CSV, Format, of_file
from ..settings import Settings
from ..terms import BASE, DCAT, DCTERMS, IQ, LICENCE, OWL, PROV, RDF, XSD
from .authorities import LICENCES, PACKINGS

TITLE = Text(de="Wissensgraph IQ Hessen", en="IQ Hessen Knowledge Graph")
DESCRIPTION = Text(
    de="Ein Wissensgraph des Förderprogramms IQ und seines regionalen Netzwerks in Hessen, in dem jede Aussage zu der "
    "Textstelle, der anderen Quelle oder der Regel führt, die sie trägt.",
    en="A knowledge graph of the IQ funding programme and its regional network in Hesse, in which every "
    "statement leads "
    "to the passage, the other source or the rule that carries it.",
)
PROVENANCE = Text(
    de="Aus einem Fachartikel von Hand erschlossen und mit anderen Quellen verglichen. Der Artikel selbst gehört nicht "
    "dazu, nur die Lage und die Prüfsummen seiner Textstellen; die Rechte an ihm sind unberührt.",
    en="Drawn from one article by hand and compared with other sources. The article itself is not part of it, only the "
    "positions and checksums of its passages; the rights in it are untouched.",
)
KEYWORDS = (
    Text(de="Anerkennung von Berufsqualifikationen", en="recognition of professional qualifications"),
    Text(de="Arbeitsmarktintegration", en="labour market integration"),
    Text(de="Fachkräfteeinwanderung", en="skilled immigration"),
    Text(de="Förderprogramm IQ", en="IQ funding programme"),
    Text(de="Herkunft von Aussagen", en="provenance"),
    Text(de="Hessen", en="Hesse"),
    Text(de="verknüpfte Daten", en="linked data"),
    Text(de="Wissensgraph", en="knowledge graph"),
)
OF_ONTOLOGY = Text(de="Ontologie des Wissensgraphen IQ Hessen", en="Ontology of the IQ Hessen Knowledge Graph")
ABOUT_ONTOLOGY = Text(
    de="Die Klassen, Eigenschaften und Begriffe, mit denen der Wissensgraph beschrieben ist, auf Deutsch und Englisch.",
    en="The classes, properties and concepts that the knowledge graph is written in, in German and English.",
)
OF_OTHERS = Text(de="Die Dateien dieses Dienstes", en="The files of this service")
ABOUT_OTHERS = Text(
    de="Die Dateien, mit denen dieser Dienst gestartet wurde. Über ihre Herkunft und Lizenz sagt er nichts.",
    en="The files that this service was started with. It says nothing of their origin and licence.",
)
CATALOGUE = Text(de="Katalog des Wissensgraphen IQ Hessen", en="Catalogue of the IQ Hessen Knowledge Graph")
ABOUT_CATALOGUE = Text(
    de="Der Wissensgraph IQ Hessen, seine Ontologie und seine Prüfregeln, mit allen Dateien und dem SPARQL-Endpunkt.",
    en="The IQ Hessen Knowledge Graph, its ontology and its shapes, with all files and the SPARQL endpoint.",
)
CATALOGUE_OF_OTHERS = Text(de="Katalog dieses Dienstes", en="Catalogue of this service")
ABOUT_CATALOGUE_OF_OTHERS = Text(
    de="Die Dateien, mit denen dieser Dienst gestartet wurde, und der SPARQL-Endpunkt dazu.",
    en="The files that this service was started with, and the SPARQL endpoint for them.",
)
SERVICE = Text(de="SPARQL-Endpunkt", en="SPARQL endpoint")
ABOUT_SERVICE = Text(
    de="Beantwortet Abfragen nach dem SPARQL-1.1-Protokoll mit GET und POST; die Daten sind dort nicht änderbar.",
    en="Answers queries by the SPARQL 1.1 Protocol, with GET and POST; the data cannot be changed there.",
)
WITH_GRAPHS = Text(de="Die Aussagen in ihren benannten Graphen.", en="The statements in their named graphs.")
AS_ONE_GRAPH = Text(
    de="Dieselben Aussagen als ein Graph ohne Wiederholung.",
    en="The same statements as one graph without repetition.",
)
AS_TABLE = Text(
    de="Die Zahlen zu Anerkennungsverfahren nach Gebiet, Jahr und Recht als Tabelle.",
    en="The figures on recognition procedures by area, year and law as a table.",
)
DESCRIPTION_OF_DATA = Text(de="Was die Daten umfassen", en="What the data holds")
RESULT = Text(
    de="Ergebnis einer Abfrage an den Wissensgraphen IQ Hessen", en="Result of a query to the IQ Hessen Knowledge Graph"
)
DEVELOPERS = "IQ Hessen Knowledge Graph developers"


Facts = Iterator[tuple[NamedNode, Value | tuple[Value, ...]]]


class Licence(NamedTuple):
    """A licence: its IRI in DCAT-AP.de, its own address, its SPDX identifier, whether it asks for credit."""

    german: NamedNode
    address: str
    spdx: str
    credit: bool


class Dump(NamedTuple):
    """A file of the release, which is made only when its size in bytes or its SHA-256, in hexadecimal, is asked for."""

    name: str
    figures: Callable[[], tuple[int, str]]

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return self.figures()[0]

    @property
    def sha256(self) -> str:
        """The hash of the file."""
        return self.figures()[1]

    @property
    def packing(self) -> str:
        """How the file is packed, by the end of its name; empty if it is not."""
        end = self.name.rpartition(".")[2]
        return end if end in PACKINGS else ""

    @property
    def form(self) -> Format | None:
        """The format below the packing, by the name: one of RDF, or CSV; none if it is neither."""
        return CSV if self.name.endswith(f".{CSV.extension}") else of_file(self.name.removesuffix(f".{self.packing}"))


CC0 = Licence(
    LICENCES["cc-zero"].iri,
    LICENCE.value,
    "CC0-1.0",
    credit=False,
)
CC_BY = Licence(
    LICENCES["cc-by/4.0"].iri,
    "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-4.0",
    credit=True,
)
CODE_LICENCE = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that is published: the data, the ontology or the shapes, with its files."""

    iri: NamedNode
    title: Text
    description: Text
    licence: Licence | None
    dumps: tuple[Dump, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """All that is published on a site, the data first; what nobody says of somebody's files is empty.

    `base` is what our IRIs begin with, `address` where the site was called.
    """

    base: str
    address: str
    settings: Settings
    works: tuple[Work, ...]
    creator: str = ""
    publisher: str = ""
    version: str = ""
    issued: str = ""
    modified: str = ""
    years: tuple[str, str] = ("", "")
    sources: tuple[NamedNode, ...] = ()

    @property
    def dates(self) -> Facts:
        """When it was first published and last changed."""
        for predicate, day in ((DCTERMS.issued, self.issued), (DCTERMS.modified, self.modified)):
            yield predicate, Literal(day, datatype=XSD.date) if day else None

    @property
    def agents(self) -> dict[str, NamedNode]:
        """Who made it and who publishes it, by name; one entry if they are the same, none if nobody is known."""
        makers = {self.creator: self.iri("catalog#creator")} if self.creator else {}
        if not self.publisher or self.publisher == self.creator:
            return makers
        return makers | {self.publisher: NamedNode(self.settings.publisher_iri or f"{self.base}catalog#publisher")}

    @property
    def data(self) -> Work:
        """The data itself."""
        return self.works[0]

    @property
    def ours(self) -> bool:
        """Whether this is our own graph, not somebody's files."""
        return self.base == BASE

    def iri(self, path: str) -> NamedNode:
        """The IRI of something described here."""
        return NamedNode(self.base + path)

    def at(self, path: str = "") -> NamedNode:
        """The address of a page or a file, where the site was called."""
        return NamedNode(f"{self.address}/{path}")


def publication(dataset: Dataset, dumps: Sequence[Dump], address: str, settings: Settings) -> Publication:
    """What is published, as a function of the dataset, its dumps, the address that was called, and the settings."""
    if dataset.sources is None:
        work = Work(NamedNode(f"{address}/dataset"), OF_OTHERS, ABOUT_OTHERS, None, _of(dumps, "iq-hessen"))
        return Publication(f"{address}/", address, settings, (work,), publisher=settings.publisher)
    ontology = NamedNode(f"{BASE}ontology")
    works = (
        Work(NamedNode(f"{BASE}dataset"), TITLE, DESCRIPTION, CC0, _of(dumps, "iq-hessen", "recognition-procedures")),
        Work(ontology, OF_ONTOLOGY, ABOUT_ONTOLOGY, CC_BY, _of(dumps, "ontology")),
        Work(NamedNode(f"{BASE}shapes"), RULES.title, RULES.description, CC_BY, _of(dumps, "shapes")),
    )
    return Publication(
        BASE,
        address,
        settings,
        works,
        creator=DEVELOPERS,
        publisher=settings.publisher or DEVELOPERS,
        version=_said(dataset, ontology, OWL.versionInfo),
        issued=_said(dataset, ontology, DCTERMS.issued),
        modified=_said(dataset, ontology, DCTERMS.modified),
        years=_years(dataset),
        sources=tuple(dataset.instances(IQ.Document)),
    )


def licence(name: str) -> Licence:
    """The licence of a file of our release."""
    return CC_BY if name.partition(".")[0] in ("ontology", "shapes") else CC0


def _of(dumps: Sequence[Dump], *names: str) -> tuple[Dump, ...]:
    """The dumps of one work; a file in a folder is only a part of it."""
    return tuple(dump for dump in dumps if dump.name.partition(".")[0] in names)


def _said(dataset: Dataset, node: NamedNode, predicate: NamedNode) -> str:
    return next((value.value for value in dataset.literals(node, predicate)), "")


def _years(dataset: Dataset) -> tuple[str, str]:
    """The first and the last year that passages name; what other sources say of later years is no part of it."""
    years = [
        quad.object.value[:4]
        for predicate in (DCAT.startDate, DCAT.endDate)
        for quad in dataset.store.quads_for_pattern(None, predicate, None)
        if isinstance(quad.object, Literal) and _is_of_passage(dataset, quad.graph_name)
    ]
    return min(years, default=""), max(years, default="")


def _is_of_passage(dataset: Dataset, graph: GraphName) -> bool:
    sources = [] if isinstance(graph, DefaultGraph) else dataset.values(graph, PROV.wasDerivedFrom)
    return any(IQ.Passage in dataset.values(source, RDF.type) for source in sources)
