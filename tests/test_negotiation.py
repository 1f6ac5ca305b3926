"""Content negotiation: a pure function and its table."""

from collections.abc import Sequence

import pytest

from iqgraph.formats import FORMATS, RDF_FORMATS, of_kind
from iqgraph.web.negotiation import HTML, Offer, is_format, named, negotiate

ROWS: tuple[Offer, ...] = (*of_kind("results"), HTML)
GRAPH: tuple[Offer, ...] = (*RDF_FORMATS, HTML)
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
    ("*/*;q=0.1", "json", "ttl"),
    ("nonsense", "json", "ttl"),
    (";;;,,,", "json", "ttl"),
    ("text", "json", "ttl"),
    ("*/json", "json", "ttl"),
    ("text/csv;q=x", "json", "ttl"),
    (CHROME, "html", "html"),
    (NOTEBOOK, "json", "ttl"),
    (SPARQLWRAPPER, "xml", None),
    (JENA, "json", "ttl"),
    (RDFLIB, "json", "rdf"),
    ("application/sparql-results+json", "json", None),
    ("application/json", "json", None),
    ("application/sparql-results+xml", "xml", None),
    ("application/xml", "xml", None),
    ("text/csv", "csv", None),
    ("text/tab-separated-values", "tsv", None),
    ("text/turtle", None, "ttl"),
    ("application/x-turtle", None, "ttl"),
    ("application/n-triples", None, "nt"),
    ("text/plain", None, None),
    ("application/rdf+xml", None, "rdf"),
    ("application/ld+json", None, "jsonld"),
    ("application/trig", None, "trig"),
    ("application/n-quads", None, "nq"),
    ("text/html", "html", "html"),
    ("application/xhtml+xml", "html", "html"),
    ("image/png", None, None),
    ("application/pdf, image/*", None, None),
    ("TEXT/CSV", "csv", None),
    ("  text/csv  ", "csv", None),
    ("text/csv;charset=utf-8", "csv", None),
    ("text/csv; header=present; q=0.5", "csv", None),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', None, "jsonld"),
    ('application/ld+json;profile="a,b;q=0";q=0.4, text/turtle;q=0.2', None, "jsonld"),
    ("text/csv, application/sparql-results+xml", "xml", None),
    ("text/csv;q=0.5, application/sparql-results+xml;q=0.4", "csv", None),
    ("text/csv;q=0.001, image/png", "csv", None),
    ("text/csv;q=0", None, None),
    ("text/csv;q=0.0, */*", "json", "ttl"),
    ("application/sparql-results+json;q=0, text/turtle;q=0, */*", "xml", "nt"),
    ("application/sparql-results+json;q=0, application/json", "json", None),
    ("*/*;q=0", None, None),
    ("*/*;q=0, text/csv", "csv", None),
    ("text/*;q=0, */*", "json", "nt"),
    ("text/*", "csv", "ttl"),
    ("application/*", "json", "nt"),
    ("image/*, text/*;q=0.1", "csv", "ttl"),
    ("text/*;q=0.3, text/html;q=0.7, text/turtle;q=0.2, */*;q=0.5", "html", "html"),
    ("text/csv, */*", "csv", "ttl"),
    ("*/*, text/csv", "csv", "ttl"),
    ("text/csv, */*;q=0.1", "csv", "ttl"),
    ("text/html;q=0.5, */*;q=0.9", "json", "ttl"),
    ("text/turtle, application/sparql-results+xml", "xml", "ttl"),
    ("application/n-triples, text/turtle", None, "ttl"),
    ("application/trig;q=0.9, application/n-quads", None, "nq"),
    ("text/csv;Q=0.2, text/html;Q=0.1", "csv", "html"),
    ("text/csv;q=1.5, text/html;q=0.9", "csv", "html"),
    ("text/csv;q=-1, text/html;q=0.9", "html", "html"),
    ("text/csv;q=.5, text/html;q=.4", "csv", "html"),
    ("text/csv;q = 0.5, text/html; q= 0.4", "csv", "html"),
    ("text/csv,text/html;q=0.9,", "csv", "html"),
    ("nonsense, text/csv", "csv", None),
]

NAMES = [
    ("json", "json", "jsonld"),
    ("JSON", "json", "jsonld"),
    ("xml", "xml", "rdf"),
    ("csv", "csv", None),
    ("tsv", "tsv", None),
    ("srj", "json", "jsonld"),
    ("ttl", None, "ttl"),
    ("turtle", None, "ttl"),
    ("n3", None, "ttl"),
    ("nt", None, "nt"),
    ("N-Triples", None, "nt"),
    ("rdf", None, "rdf"),
    ("rdf+xml", None, "rdf"),
    ("RDF/XML", None, "rdf"),
    ("json-ld", None, "jsonld"),
    ("trig", None, "trig"),
    ("nquads", None, "nq"),
    ("html", "html", "html"),
    ("text/csv", "csv", None),
    ("application/sparql-results+json", "json", None),
    ("text/turtle", None, "ttl"),
]


def extension(offer: Offer | None) -> str | None:
    """What a case of the tables expects."""
    return offer.extension if offer else None


@pytest.mark.parametrize(("accept", "rows", "graph"), TABLE)
def test_accept(accept: str | None, rows: str | None, graph: str | None) -> None:
    """One header, asked for rows and for a graph."""
    assert extension(negotiate(accept, ROWS)) == rows
    assert extension(negotiate(accept, GRAPH)) == graph


@pytest.mark.parametrize(("name", "rows", "graph"), NAMES)
def test_names(name: str, rows: str | None, graph: str | None) -> None:
    """What `format=` may say, for rows and for a graph."""
    assert is_format(name)
    assert extension(named(name, ROWS)) == rows
    assert extension(named(name, GRAPH)) == graph


@pytest.mark.parametrize("name", ["", "auto", "yes", "1", "text/html2"])
def test_no_names(name: str) -> None:
    """What means nothing here is not a format."""
    assert not is_format(name)


@pytest.mark.parametrize("offers", [ROWS, GRAPH])
def test_each_media_type_is_served(offers: Sequence[Offer]) -> None:
    """Each offer is reached by each of its own media types."""
    for offer in offers:
        assert all(negotiate(media_type, offers) is offer for media_type in offer.media_types)


def test_media_types_are_unique() -> None:
    """No media type means two formats."""
    types = [media_type for form in (*FORMATS, HTML) for media_type in form.media_types]

    assert len(types) == len(set(types))
