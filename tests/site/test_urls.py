"""Addresses of things, none of which leads to another host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from iqgraph.dataset import load_plain
from iqgraph.terms import BASE
from iqgraph.web import create_app, urls
from iqgraph.web.site import OUTER
from tiny import put

OTHERS = f"""
<http://a.example/a> <http://a.example/p> <http://a.example/b> .
<javascript:alert(1)> <http://a.example/p> "x" .
<{BASE}id/x> <http://a.example/p> "x" .
<{BASE}id/x#part> <http://a.example/p> "x" .
<{BASE}/evil.example/> <http://a.example/p> "x" .
<{BASE}ontology#Foo> <http://a.example/p> "x" .
"""


@pytest.fixture
def site(client: FlaskClient) -> Iterator[Flask]:
    """A site with the bundled dataset, within a request."""
    with client.application.test_request_context("/somewhere?lang=de"):
        yield client.application


@pytest.fixture
def others(tmp_path: Path) -> Iterator[Flask]:
    """A site with another RDF file, within a request."""
    site = create_app(load_plain([put(tmp_path, "a.ttl", OTHERS)]))
    with site.test_request_context("/"):
        yield site


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        (f"{BASE}id/involas", "/id/involas?lang=de"),
        (f"{BASE}ontology#Passage", "/ontology?lang=de#Passage"),
        (f"{BASE}passage/11-jahre-iq/S24#checksum", "/passage/11-jahre-iq/S24?lang=de#checksum"),
        ("https://www.wikidata.org/entity/Q1199", "https://www.wikidata.org/entity/Q1199"),
        (BASE, BASE),
        (f"{BASE}/evil.example/", f"{BASE}/evil.example/"),
        (f"{BASE}\\evil.example", f"{BASE}\\evil.example"),
        (f"{BASE}id/../x", f"{BASE}id/../x"),
        (f"{BASE}id/a?b", f"{BASE}id/a?b"),
    ],
)
@pytest.mark.usefixtures("site")
def test_local(iri: str, address: str) -> None:
    """Our IRIs are paths with the language; anything that may not be a plain path stays unchanged."""
    assert urls.local(iri) == address


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        ("http://a.example/a", "/describe?uri=http%3A%2F%2Fa.example%2Fa"),
        ("http://a.example/b", "http://a.example/b"),
        ("javascript:alert(1)", "/describe?uri=javascript%3Aalert%281%29"),
        (f"{BASE}id/x", "/id/x"),
        (f"{BASE}id/x#part", f"/describe?uri={BASE.replace(':', '%3A').replace('/', '%2F')}id%2Fx%23part"),
        (f"{BASE}/evil.example/", "/describe?uri=https%3A%2F%2Fw3id.org%2Fiq-hessen%2F%2Fevil.example%2F"),
        (f"{BASE}ontology#Foo", "/describe?uri=https%3A%2F%2Fw3id.org%2Fiq-hessen%2Fontology%23Foo"),
    ],
)
@pytest.mark.usefixtures("others")
def test_local_among_other_files(iri: str, address: str) -> None:
    """Things that the files describe have a document here; others keep their address."""
    assert urls.local(iri) == address


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("/id/a", "/id/a"),
        ("/id/a/", "/id/a"),
        ("/id//a", "/id/a"),
        ("//evil.example/", "/evil.example"),
        ("///evil.example", "/evil.example"),
        ("/id/../b", "/id/../b"),
        ("/", "/"),
        ("", "/"),
        ("//", "/"),
    ],
)
def test_normalise(path: str, normal: str) -> None:
    """No empty segments and no trailing slash; a normal path stays."""
    assert urls.normalise(path) == normal
    assert urls.normalise(normal) == normal


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://a.example/", True),
        ("/id/a", True),
        ("/", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_is_link(address: str, link: bool) -> None:
    """Only web addresses and paths of this site are links."""
    assert urls.is_link(address) == link


@pytest.mark.usefixtures("site")
def test_keep_query() -> None:
    """The reader's language is kept."""
    assert urls.keep_query("/id/ä\r\n") == "/id/%C3%A4%0D%0A?lang=de"
    query = b"a=%C3%A4&b=1+2!$'()*,;:@/?-._~"  # all that may stand in a query (RFC 3986, section 3.4)
    assert urls.keep_query("/id/a", query).encode() == b"/id/a?" + query


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("http://localhost/download/", "/download/"),
        ("http://localhost//evil.example", "/evil.example"),
        ("/id/a.ttl", "/id/a.ttl"),
    ],
)
@pytest.mark.usefixtures("site")
def test_redirects_name_no_host(location: str, path: str) -> None:
    """The Host header of the client is not repeated."""
    assert urls.keep_redirects_local(Response(headers={"Location": location})).headers["Location"] == path


def test_here_stays_here(site: Flask) -> None:
    """Also on a path that begins with two slashes."""
    with site.test_request_context("/x", environ_overrides={"PATH_INFO": "//evil.example/"}):
        assert urls.here(lang="en").startswith("/evil.example/?")


def test_here_keeps_the_parameters(site: Flask) -> None:
    """Another language has the same parameters, also repeated ones."""
    with site.test_request_context("/sparql?default-graph-uri=a%3Ab&default-graph-uri=a%3Ac&lang=de"):
        assert urls.here(lang="en") == "/sparql?default-graph-uri=a%3Ab&default-graph-uri=a%3Ac&lang=en"


@pytest.mark.parametrize("query", ["", "?q=pflege&kind=offer", "?path=x&self=y"])
def test_today_keeps_the_parameters(site: Flask, query: str) -> None:
    """The link from an older version to the current one has the same query."""
    with site.test_request_context(
        f"/explore{query}", environ_overrides={"SCRIPT_NAME": "/base/version/0.1.0", OUTER: "/base"}
    ):
        assert urls.today() == f"/base/explore{query}"


def test_an_internationalised_host_is_ascii(client: FlaskClient) -> None:
    """Headers and URIs allow no other characters."""
    with client.application.test_request_context("/id/x", base_url="http://xn--grn-hoa.example:8080/kg"):
        assert urls.host() == "http://xn--grn-hoa.example:8080/kg"
        assert urls.absolute("/id/x") == "http://xn--grn-hoa.example:8080/id/x"
        assert (
            urls.keep_redirects_local(Response(headers={"Location": "http://xn--grn-hoa.example:8080/id/y"})).location
            == "/id/y"
        )
