"""Content negotiation: a pure function and its table."""

from collections.abc import Sequence

import pytest

from iqgraph.formats import CSV_DE, FORMATS, RDF_FORMATS, Format, with_content
from iqgraph.web.http.negotiation import HTML, by_name, is_format, negotiate

ROWS: tuple[Format, ...] = (*with_content("results", "table"), HTML)
GRAPH: tuple[Format, ...] = (*RDF_FORMATS, HTML)
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
NOTEBOOK = "application/sparql-results+json, text/turtle, application/n-triples;q=0.8"
SPARQLWRAPPER = "application/sparql-results+xml"
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
    "application/sparql-results+json,application/sparql-results+xml;q=0.9,*/*;q=0.3"
)
RDFLIB = "application/sparql-results+xml, application/rdf+xml, application/sparql-results+json"

TABLE = [
    # accept, rows, graph
    (None, "json", "ttl"),
    ("", "json", "ttl"),
    ("*/*", "json", "ttl"),
    ("nonsense", "json", "ttl"),
    ("text", "json", "ttl"),
    ("*/json", "json", "ttl"),
    ("text/csv;q=x", "json", "ttl"),
    (CHROME, "html", "html"),
    (NOTEBOOK, "json", "ttl"),
    (SPARQLWRAPPER, "xml", "ttl"),
    (JENA, "json", "ttl"),
    (RDFLIB, "json", "rdf"),
    ("application/json", "json", "jsonld"),
    ("application/xml", "xml", "rdf"),
    ("text/csv", "csv", None),
    ("text/turtle", None, "ttl"),
    ("application/x-turtle", None, "ttl"),
    ("text/n3", None, "ttl"),
    ("application/x-trig", None, "trig"),
    ("text/x-nquads", None, "nq"),
    ("application/xhtml+xml", "html", "html"),
    ("text/plain", None, "nt"),
    ("text/html", "html", "html"),
    ("application/pdf, image/*", None, None),
    ("TEXT/CSV", "csv", None),
    ("  text/csv  ", "csv", None),
    ("text/csv;charset=utf-8", "csv", None),
    ("text/csv; header=present; q=0.5", "csv", None),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', None, "jsonld"),
    ('application/ld+json;profile="a,b;q=0";q=0.4, text/turtle;q=0.2', None, "jsonld"),
    ("text/csv, application/sparql-results+xml", "xml", "ttl"),
    ("text/csv;q=0.001, image/png", "csv", None),
    ("text/csv;q=0", None, None),
    ("text/csv;q=0.0, */*", "json", "ttl"),
    ("application/sparql-results+json;q=0, text/turtle;q=0, */*", "xml", "nt"),
    ("application/sparql-results+json;q=0, application/json", "json", "jsonld"),
    ("*/*;q=0", None, None),
    ("*/*;q=0, text/csv", "csv", None),
    ("text/*;q=0, */*", "json", "nt"),
    ("text/*", "csv", "ttl"),
    ("application/*", "json", "nt"),
    ("text/csv, */*", "csv", "ttl"),
    ("text/html;q=0.5, */*;q=0.9", "json", "ttl"),
    ("text/csv;Q=0.2, text/html;Q=0.1", "csv", "html"),
    ("text/csv;q=1.5, text/html;q=0.9", "csv", "html"),
    ("text/csv;q=.5, text/html;q=.4", "csv", "html"),
    ("text/csv;q = 0.5, text/html; q= 0.4", "csv", "html"),
    ("text/csv,text/html;q=0.9,", "csv", "html"),
    ("nonsense, text/csv", "csv", None),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "html", "html"),
    ("application/sparql-results+json;q=0.5, text/csv;q=0.5", "json", "ttl"),
    ("application/sparql-results+xml;q=0.1, */*;q=0.2", "json", "ttl"),
    ("application/json, text/plain, */*", "json", "jsonld"),
    ("text/xml", "xml", None),
    ("text/rdf+n3", None, None),
    ("application/ld+json; profile=http://www.w3.org/ns/json-ld#framed; q=0.5, text/turtle;q=0.6", None, "ttl"),
    ("text/*;q=0.5, text/html;q=0", "csv", "ttl"),
    ("text/*, text/csv;q=0", "tsv", "ttl"),
    ("application/*;q=0.5, application/sparql-results+json;q=0.1", "xml", "nt"),
    ("application/*;q=0", None, None),
    ("*/*;q=0.5, application/*;q=0.9", "json", "nt"),
    ("*/*, */*;q=0", "json", "ttl"),
    ("*", "json", "ttl"),
    ("*;q=0.5, text/turtle", "json", "ttl"),
    ("text/csv;", "csv", None),
    ("text/csv;;q=0.5", "csv", None),
    ("text/csv;q", "csv", None),
    ("text/csv;q=", "json", "ttl"),
    ('text/csv;q="0.5"', "json", "ttl"),
    ("text/csv;q=0,5", None, None),
    ("text/csv;q=1e-1, text/html;q=0.05", "html", "html"),
    ("text/csv;q=0.3333333, text/html;q=0.3333334", "html", "html"),
    ("text/csv;q=NaN, text/html", "html", "html"),
    ("text/csv;qq=0, text/html;q=0.5", "csv", "html"),
    ("text/csv;q=0.5;q=0, text/html;q=0.1", "csv", "html"),
    ("text/csv text/html", "json", "ttl"),
    ("text/csv; text/html", "csv", None),
    ('"text/csv"', "json", "ttl"),
    ("text/csv\t;q=0.4,text/html\t;q=0.3", "csv", "html"),
    ("application/sparql-results+json-x", None, None),
    ("application/sparql-results+thrift, application/sparql-results+json;q=0.1", "json", "ttl"),
    ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "html", "html"),
    ('text/csv; charset="utf-8"; q=0.4, text/html;q=0.3', "csv", "html"),
    ('text/csv;x="a;q=0", text/html;q=0.9', "csv", "html"),
    ('text/csv;x="a\\",b", text/html;q=0.9', "csv", "html"),
    ('text/csv;x="unclosed, text/html', "csv", "html"),
    (
        "text/turtle;q=0, application/n-triples;q=0, application/rdf+xml;q=0, application/sparql-results+json;q=0, */*",
        "xml",
        "jsonld",
    ),
]

NAMES = [
    ("xlsx", "xlsx", None),
    ("Excel", "xlsx", None),
    ("csv-de", "csv-de", None),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", None),
    ("ods", None, None),
    ("parquet", None, None),
    ("json", "json", "jsonld"),
    ("JSON", "json", "jsonld"),
    ("srj", "json", "jsonld"),
    ("turtle", None, "ttl"),
    ("n3", None, "ttl"),
    ("N-Triples", None, "nt"),
    ("rdf+xml", None, "rdf"),
    ("RDF/XML", None, "rdf"),
    ("json-ld", None, "jsonld"),
    ("nquads", None, "nq"),
    ("html", "html", "html"),
    ("text/csv", "csv", None),
]


def extension(offer: Format | None) -> str | None:
    """The file extension of an offer, as in the tables."""
    return offer.extension if offer else None


def test_accept_headers() -> None:
    """Each is negotiated for rows and for a graph."""
    assert [(one, extension(negotiate(one, ROWS)), extension(negotiate(one, GRAPH))) for one, *_ in TABLE] == TABLE


def test_format_names() -> None:
    """Each value of `format=`, for rows and for a graph."""
    assert [(one, extension(by_name(one, ROWS)), extension(by_name(one, GRAPH))) for one, *_ in NAMES] == NAMES
    assert [one for one, *_ in NAMES if not is_format(one)] == []


@pytest.mark.parametrize("name", ["", "auto", "yes", "1", "text/html2"])
def test_unknown_format_names(name: str) -> None:
    """They are no format."""
    assert not is_format(name)


@pytest.mark.parametrize("offers", [ROWS, GRAPH])
def test_each_media_type_selects_its_format(offers: Sequence[Format]) -> None:
    """German CSV has no media type and is requested by name."""
    for offer in (one for one in offers if one is not CSV_DE):
        assert all(negotiate(media_type, offers) is offer for media_type in offer.media_types)


def test_media_types_are_unique() -> None:
    """No media type stands for two formats."""
    types = [media_type for format in (*FORMATS, HTML) for media_type in format.media_types]

    assert len(types) == len(set(types))
