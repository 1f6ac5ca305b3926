"""Links: what leads from our things to other datasets, which source attests it, and which things lead nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, QuerySolutions

from ..dataset import Dataset
from ..formats import Format
from ..terms import CONCEPT, DCTERMS, IQ, PREFIXES, RDF, SKOS, Namespace

ELI, ORG, SCHEMA = (Namespace(PREFIXES[prefix]) for prefix in ("eli", "org", "schema"))


def _prologue(*prefixes: str) -> str:
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes)


# Every link, once for each source that attests it.
LINKS = (
    _prologue("dcterms", "foaf", "owl", "prov", "rdfs", "schema", "skos")
    + """
SELECT ?thing ?property ?value ?datatype ?source
WHERE {
    VALUES ?property {
        owl:sameAs skos:exactMatch skos:closeMatch skos:broadMatch skos:relatedMatch
        skos:notation dcterms:identifier rdfs:seeAlso foaf:page schema:url
    }
    GRAPH ?graph {
        ?thing ?property ?value
    }
    ?graph prov:hadPrimarySource ?source .
    BIND (DATATYPE(?value) AS ?datatype)
}
ORDER BY ?thing ?property STR(?value) ?source
"""
)

# What ought to have an identifier and has none; a page about a thing does not identify it.
UNLINKED = (
    _prologue("concept", "dcterms", "eli", "iq", "org", "owl", "schema", "skos")
    + """
SELECT DISTINCT ?thing
WHERE {
    VALUES ?kind {
        org:Organization schema:Country schema:AdministrativeArea schema:City dcterms:Location eli:LegalResource
        iq:FundingProgramme iq:FundingInstrument iq:RegionalNetwork concept:theme concept:offer-type
    }
    ?thing a|skos:inScheme ?kind .
    FILTER NOT EXISTS {
        ?thing owl:sameAs|skos:exactMatch|skos:closeMatch|skos:broadMatch|skos:relatedMatch|skos:notation
            |dcterms:identifier ?identifier
    }
}
ORDER BY ?thing
"""
)

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
class Kind:
    """Things that are linked in the same way; `members` are their classes and concept schemes."""

    de: str
    en: str
    members: tuple[NamedNode, ...]


KINDS = (
    Kind("Organisationen", "Organisations", (ORG.Organization,)),
    Kind(
        "Programm, Netzwerk, Mittel",
        "Programme, network, funds",
        (IQ.FundingProgramme, IQ.RegionalNetwork, IQ.FundingInstrument),
    ),
    Kind(
        "Orte und Gebiete",
        "Places and areas",
        (SCHEMA.Country, SCHEMA.AdministrativeArea, SCHEMA.City, DCTERMS.Location),
    ),
    Kind("Gesetze und Richtlinien", "Laws and guidelines", (ELI.LegalResource,)),
    Kind("Themen und Angebotsarten", "Themes and types of offers", (CONCEPT.theme, CONCEPT["offer-type"])),
    Kind("Zielgruppen", "Target groups", (IQ.TargetGroup,)),
)
OTHER = Kind("Sonstiges", "Other", ())


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
    rows = [(row["thing"], row["property"], row["value"], row["source"]) for row in _solutions(dataset, LINKS)]
    return [
        Link(thing, name, value, tuple(source for *_, source in same))
        for (thing, name, value), same in groupby(rows, key=lambda row: row[:3])
    ]


def table(dataset: Dataset, form: Format) -> bytes:
    """The rows of LINKS, exactly as the endpoint answers them in this format."""
    return _solutions(dataset, LINKS).serialize(format=form.results) or b""


def unlinked(dataset: Dataset) -> list[NamedNode]:
    """The things that ought to have an identifier and have none."""
    return [row["thing"] for row in _solutions(dataset, UNLINKED)]


def kind(dataset: Dataset, thing: NamedNode) -> Kind:
    """The first kind that the thing is of."""
    own = {*dataset.values(thing, RDF.type), *dataset.values(thing, SKOS.inScheme)}
    return next((one for one in KINDS if own.intersection(one.members)), OTHER)


def by_kind(dataset: Dataset, things: Iterable[NamedNode]) -> dict[Kind, list[NamedNode]]:
    """The things, each once, under their kinds."""
    distinct = list(dict.fromkeys(things))
    groups = {one: [thing for thing in distinct if kind(dataset, thing) == one] for one in (*KINDS, OTHER)}
    return {one: members for one, members in groups.items() if members}


def _solutions(dataset: Dataset, query: str) -> QuerySolutions:
    answer = dataset.store.query(query)
    if not isinstance(answer, QuerySolutions):
        raise TypeError("the query asks for rows")
    return answer
