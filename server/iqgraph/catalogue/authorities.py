"""Values of the controlled vocabularies that DCAT-AP.de asks for, each with its list, its kind and its name.

The lists are the authority tables of the EU Publications Office, those of DCAT-AP.de and the media types of IANA.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from ..bilingual import Text, describe
from ..formats import CSV, RDF_FORMATS
from ..terms import DCTERMS, RDF, SKOS, SPDX, Namespace

EU = Namespace("http://publications.europa.eu/resource/authority/")
DE = Namespace("http://dcat-ap.de/def/")
IANA = Namespace("https://www.iana.org/assignments/media-types/")


@dataclass(frozen=True, slots=True)
class Authority:
    """A value of a list: its IRI, the list, what kind of thing it is and its name."""

    iri: NamedNode
    scheme: NamedNode | None
    kind: NamedNode
    name: Text

    def triples(self) -> Iterator[Triple]:
        """What a reader who does not have the list needs to know of the value."""
        yield from describe(self.iri, (RDF.type, self.kind), (SKOS.inScheme, self.scheme), (SKOS.prefLabel, self.name))


def descriptions(terms: Collection[object]) -> Iterator[Triple]:
    """What there is to know of those terms that are values of a list."""
    for value in KNOWN.values():
        if value.iri in terms:
            yield from value.triples()


def _eu(scheme: str, code: str, kind: NamedNode, name: Text) -> Authority:
    return Authority(EU[f"{scheme}/{code}"], EU[scheme], kind, name)


def _file_type(code: str, name: str) -> Authority:
    return _eu("file-type", code, DCTERMS.MediaTypeOrExtent, Text(de=name, en=name))


def _media_type(name: str) -> Authority:
    return Authority(IANA[name], None, DCTERMS.MediaType, Text(de=name, en=name))


def _licence(code: str, name: str) -> Authority:
    return Authority(DE[f"licenses/{code}"], DE["licenses"], DCTERMS.LicenseDocument, Text(de=name, en=name))


DATA_THEME = EU["data-theme"]
NAME_OF_DATA_THEME = Text(de="Datenthemen der EU", en="Data themes of the EU")
AVAILABLE = _eu("planned-availability", "AVAILABLE", SKOS.Concept, Text(de="verfügbar", en="available"))
COMPLETED = _eu("distribution-status", "COMPLETED", SKOS.Concept, Text(de="abgeschlossen", en="completed"))
IRREGULAR = _eu("frequency", "IRREG", DCTERMS.Frequency, Text(de="unregelmäßig", en="irregular"))
PUBLIC = _eu("access-right", "PUBLIC", DCTERMS.RightsStatement, Text(de="öffentlich", en="public"))
GERMAN = _eu("language", "DEU", DCTERMS.LinguisticSystem, Text(de="Deutsch", en="German"))
ENGLISH = _eu("language", "ENG", DCTERMS.LinguisticSystem, Text(de="Englisch", en="English"))
SHA256 = Authority(SPDX.checksumAlgorithm_sha256, None, SPDX.ChecksumAlgorithm, Text(de="SHA-256", en="SHA-256"))
SPARQL_RESULTS = _eu(
    "file-type", "SPARQLQRES", DCTERMS.MediaTypeOrExtent, Text(de="SPARQL-Abfrageergebnisse", en="SPARQL query results")
)
FILE_TYPES = {
    "ttl": _file_type("RDF_TURTLE", "Turtle"),
    "nt": _file_type("RDF_N_TRIPLES", "N-Triples"),
    "rdf": _file_type("RDF_XML", "RDF/XML"),
    "jsonld": _file_type("JSON_LD", "JSON-LD"),
    "trig": _file_type("RDF_TRIG", "TriG"),
    "nq": _file_type("RDF_N_QUADS", "N-Quads"),
    "csv": _file_type("CSV", "CSV"),
}
MEDIA_TYPES = {form.media_type: _media_type(form.media_type) for form in (*RDF_FORMATS, CSV)}
PACKINGS = {"gz": _media_type("application/gzip"), "zst": _media_type("application/zstd")}
LICENCES = {"cc-zero": _licence("cc-zero", "CC0 1.0"), "cc-by/4.0": _licence("cc-by/4.0", "CC BY 4.0")}
KNOWN = {
    value.iri: value
    for value in (
        *FILE_TYPES.values(),
        *MEDIA_TYPES.values(),
        *PACKINGS.values(),
        *LICENCES.values(),
        *(AVAILABLE, COMPLETED, IRREGULAR, PUBLIC, GERMAN, ENGLISH, SHA256, SPARQL_RESULTS),
    )
}
