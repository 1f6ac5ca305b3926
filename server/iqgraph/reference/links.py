"""Links: what leads from our things to other datasets, which source attests it, and which things lead nowhere."""

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from ..dataset import Dataset
from ..engine import Embedded, Query
from ..formats import Format
from ..resources import queries
from ..terms import DCTERMS, FOAF, OWL, RDFS, SCHEMA, SKOS

# What leads elsewhere, the closest relation first.
RELATIONS = (
    *(OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch),
    *(SKOS.notation, DCTERMS.identifier, RDFS.seeAlso, FOAF.page, SCHEMA.url),
)


# Every link, once for each source that attests it; and what ought to have an identifier and has none. A page about a
# thing does not identify it.
LINKS, UNLINKED = queries("links")["attested"], queries("links")["missing"]

DATASETS = {
    "http://data.europa.eu/esco/": "ESCO",
    "http://data.europa.eu/nuts/code/": "NUTS",
    "http://dbpedia.org/resource/": "DBpedia",
    "http://dcat-ap.de/def/": "DCAT-AP.de",
    "http://eurovoc.europa.eu/": "EuroVoc",
    "http://id.loc.gov/authorities/": "Library of Congress",
    "http://publications.europa.eu/resource/authority/": "EU Vocabularies",
    "http://viaf.org/viaf/": "VIAF",
    "http://www.wikidata.org/entity/": "Wikidata",
    "http://zbw.eu/stw/descriptor/": "STW",
    "https://d-nb.info/": "GND",
    "https://linkedopendata.eu/entity/": "EU Knowledge Graph",
    "https://ror.org/": "ROR",
    "https://sws.geonames.org/": "GeoNames",
}


@dataclass(frozen=True, slots=True)
class Link:
    """What leads from a thing of ours elsewhere; a code is a literal. At least one source attests it."""

    thing: NamedNode
    relation: NamedNode
    value: NamedNode | Literal
    sources: tuple[NamedNode, ...]

    @property
    def target(self) -> str | NamedNode:
        """The dataset that the link leads to, by its name or its host; of a code its datatype."""
        if isinstance(self.value, Literal):
            return self.value.datatype
        return known_as(self.value)[0] or urlsplit(self.value.value).netloc.removeprefix("www.")

    @property
    def identifier(self) -> str:
        """What the thing is called in that dataset: the code, or the end of its address there."""
        return known_as(self.value)[1]


def known_as(value: NamedNode | Literal) -> tuple[str, str]:
    """The dataset that an address lies in, and what it is called there; without a dataset the whole of it."""
    start = next((start for start in DATASETS if value.value.startswith(start)), "")
    return DATASETS.get(start, ""), value.value.removeprefix(start)


def links(dataset: Dataset) -> list[Link]:
    """Every link with all its sources, in the order of things, properties and values."""
    rows = [(row["thing"], row["property"], row["value"], row["source"]) for row in dataset.rows(LINKS)]
    return [
        Link(thing, name, value, tuple(source for *_, source in same))
        for (thing, name, value), same in groupby(rows, key=lambda row: row[:3])
    ]


def table(dataset: Dataset, form: Format) -> bytes:
    """The rows of LINKS, exactly as the endpoint answers them in this format."""
    return Embedded(dataset.store, dataset.prefixes).answer(Query(LINKS), form)


def unlinked(dataset: Dataset) -> list[NamedNode]:
    """The things that ought to have an identifier and have none."""
    return [row["thing"] for row in dataset.rows(UNLINKED)]
