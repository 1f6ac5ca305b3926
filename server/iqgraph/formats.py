"""The one table of formats: names, file extensions and media types of RDF, of query results and of tables."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

Kind = Literal["graph", "dataset", "results", "table"]
URLENCODED = "application/x-www-form-urlencoded"  # the fields of a form, as requests have them


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What a document can be had in: by which name, with which end of its file's name, under which media types."""

    name: str
    extension: str
    media_types: tuple[str, ...]

    @property
    def media_type(self) -> str:
        """The registered media type, the first of those understood."""
        return self.media_types[0]


@dataclass(frozen=True, slots=True, eq=False)
class Format(Form):
    """A form of data, and what the RDF library calls it, if that can write it."""

    kind: Kind
    oxigraph: RdfFormat | QueryResultsFormat | None = None

    @property
    def suffix(self) -> str:
        """How the name of its file ends, by which programs know what opens it."""
        return self.extension.partition("-")[0]

    @property
    def rdf(self) -> RdfFormat:
        """The RDF syntax; only for graphs and datasets."""
        if not isinstance(self.oxigraph, RdfFormat):
            raise TypeError(f"{self.name} is no RDF syntax")
        return self.oxigraph

    @property
    def results(self) -> QueryResultsFormat:
        """The syntax of query results; only for results."""
        if not isinstance(self.oxigraph, QueryResultsFormat):
            raise TypeError(f"{self.name} is no format of query results")
        return self.oxigraph


TURTLE = Format("Turtle", "ttl", ("text/turtle", "application/x-turtle", "text/n3"), "graph", RdfFormat.TURTLE)
N_TRIPLES = Format("N-Triples", "nt", ("application/n-triples",), "graph", RdfFormat.N_TRIPLES)
RDF_XML = Format("RDF/XML", "rdf", ("application/rdf+xml",), "graph", RdfFormat.RDF_XML)
JSON_LD = Format("JSON-LD", "jsonld", ("application/ld+json",), "graph", RdfFormat.JSON_LD)
TRIG = Format("TriG", "trig", ("application/trig", "application/x-trig"), "dataset", RdfFormat.TRIG)
# Old names are understood, registered ones are sent (https://www.iana.org/assignments/media-types/).
N_QUADS = Format("N-Quads", "nq", ("application/n-quads", "text/x-nquads"), "dataset", RdfFormat.N_QUADS)
JSON = Format(
    "JSON", "json", ("application/sparql-results+json", "application/json"), "results", QueryResultsFormat.JSON
)
XML_TYPES = ("application/sparql-results+xml", "application/xml", "text/xml")
XML = Format("XML", "xml", XML_TYPES, "results", QueryResultsFormat.XML)
# https://www.w3.org/TR/sparql11-results-csv-tsv/: only TSV keeps what kind of term a value is.
CSV = Format("CSV", "csv", ("text/csv",), "results", QueryResultsFormat.CSV)
TSV = Format("TSV", "tsv", ("text/tab-separated-values",), "results", QueryResultsFormat.TSV)
XLSX = Format("XLSX", "xlsx", ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",), "table")
# A variant of CSV for which there is no media type of its own, so it is asked for by name; the parameter is that of
# RFC 4180, section 3.
CSV_DE = Format("CSV-de", "csv-de", ("text/csv; header=present",), "table")

FORMATS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, TRIG, N_QUADS, JSON, XML, CSV, TSV, XLSX, CSV_DE)


def of_kind(*kinds: Kind) -> tuple[Format, ...]:
    """The formats of these kinds, in the order of the table."""
    return tuple(one for one in FORMATS if one.kind in kinds)


RDF_FORMATS = of_kind("graph", "dataset")
ROWS = of_kind("results", "table")


def by_media_type(media_type: str) -> Format | None:
    """The format of a media type; parameters and case do not matter."""
    plain = media_type.partition(";")[0].strip().lower()
    return next((one for one in FORMATS if plain in one.media_types), None)


def of_file(name: str) -> Format | None:
    """The RDF syntax that a file's name promises, also below `.gz` and `.zst`."""
    suffix = PurePath(name.lower().removesuffix(".gz").removesuffix(".zst")).suffix.removeprefix(".")
    extension = RDF_XML.extension if suffix == "owl" else suffix  # as editors of ontologies call it
    return next((one for one in RDF_FORMATS if one.extension == extension), None)
