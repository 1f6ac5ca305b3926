"""The table of formats: names, file extensions and media types of RDF syntaxes, query results and tables."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

Content = Literal["graph", "dataset", "results", "table", "document"]
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A format: its name, file extension and media types, the registered one first, and what it can write.

    A `document` is what only the web has. `oxigraph` is the format of the RDF library that writes it, if there is one.
    """

    name: str
    extension: str
    media_types: tuple[str, ...]
    content: Content = "document"
    oxigraph: RdfFormat | QueryResultsFormat | None = None

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return self.media_types[0]

    @property
    def suffix(self) -> str:
        """The file suffix that programs recognize: `csv` for `csv-de`."""
        return self.extension.partition("-")[0]

    @property
    def rdf(self) -> RdfFormat:
        """The RDF syntax of a format for graphs or datasets."""
        if not isinstance(self.oxigraph, RdfFormat):
            raise TypeError(f"{self.name} is no RDF syntax")
        return self.oxigraph

    @property
    def results(self) -> QueryResultsFormat:
        """The syntax of a format for query results."""
        if not isinstance(self.oxigraph, QueryResultsFormat):
            raise TypeError(f"{self.name} is no format of query results")
        return self.oxigraph


TURTLE = Format("Turtle", "ttl", ("text/turtle", "application/x-turtle", "text/n3"), "graph", RdfFormat.TURTLE)
N_TRIPLES = Format("N-Triples", "nt", ("application/n-triples",), "graph", RdfFormat.N_TRIPLES)
RDF_XML = Format("RDF/XML", "rdf", ("application/rdf+xml",), "graph", RdfFormat.RDF_XML)
JSON_LD = Format("JSON-LD", "jsonld", ("application/ld+json",), "graph", RdfFormat.JSON_LD)
TRIG = Format("TriG", "trig", ("application/trig", "application/x-trig"), "dataset", RdfFormat.TRIG)
# Unregistered media types are accepted, registered ones are sent (https://www.iana.org/assignments/media-types/).
N_QUADS = Format("N-Quads", "nq", ("application/n-quads", "text/x-nquads"), "dataset", RdfFormat.N_QUADS)
JSON = Format(
    "JSON", "json", ("application/sparql-results+json", "application/json"), "results", QueryResultsFormat.JSON
)
XML_TYPES = ("application/sparql-results+xml", "application/xml", "text/xml")
XML = Format("XML", "xml", XML_TYPES, "results", QueryResultsFormat.XML)
# Only TSV tells IRIs, literals and blank nodes apart (https://www.w3.org/TR/sparql11-results-csv-tsv/).
CSV = Format("CSV", "csv", ("text/csv",), "results", QueryResultsFormat.CSV)
TSV = Format("TSV", "tsv", ("text/tab-separated-values",), "results", QueryResultsFormat.TSV)
XLSX = Format("XLSX", "xlsx", ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",), "table")
# CSV for German spreadsheets has no media type of its own, so it is requested by name; the parameter is that of
# RFC 4180, section 3.
CSV_DE = Format("CSV-de", "csv-de", ("text/csv; header=present",), "table")

FORMATS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, TRIG, N_QUADS, JSON, XML, CSV, TSV, XLSX, CSV_DE)


def with_content(*contents: Content) -> tuple[Format, ...]:
    """Return the formats with such content, in the order of the table."""
    return tuple(format for format in FORMATS if format.content in contents)


RDF_FORMATS = with_content("graph", "dataset")
ROWS = with_content("results", "table")


def by_media_type(media_type: str) -> Format | None:
    """Return the format of a media type, without regard to parameters and case."""
    essence = media_type.partition(";")[0].strip().lower()
    return next((format for format in FORMATS if essence in format.media_types), None)


def of_file(name: str) -> Format | None:
    """Return the RDF syntax of a file by its extension, which `.gz` or `.zst` may follow."""
    suffix = PurePath(name.lower().removesuffix(".gz").removesuffix(".zst")).suffix.removeprefix(".")
    extension = RDF_XML.extension if suffix == "owl" else suffix  # the extension that ontology editors use
    return next((format for format in RDF_FORMATS if format.extension == extension), None)
