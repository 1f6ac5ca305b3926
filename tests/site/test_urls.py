"""Where things are, and that no address of ours leads to another host."""

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
def app(client: FlaskClient) -> Iterator[Flask]:
    """A site with the bundled dataset, within a request."""
    with client.application.test_request_context("/somewhere?lang=de"):
        yield client.application


@pytest.fixture
def others(tmp_path: Path) -> Iterator[Flask]:
    """A site with somebody's file, within a request."""
    made = create_app(load_plain([put(tmp_path, "a.ttl", OTHERS)]))
    with made.test_request_context("/"):
        yield made


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
@pytest.mark.usefixtures("app")
def test_local(iri: str, address: str) -> None:
    """Ours is a path here, in the chosen language; what could be read as anything else than a path is left as it is."""
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
def test_local_among_somebodys_files(iri: str, address: str) -> None:
    """What the files describe has a document here; the rest is elsewhere."""
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
    """Nothing empty, no slash at the end, and a normal path stays."""
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
def test_is_link(address: str, link: bool) -> None:  # noqa: FBT001 - a table of answers
    """Only what a browser may follow, and what stays on the site if it looks so."""
    assert urls.is_link(address) == link


@pytest.mark.usefixtures("app")
def test_keep_query() -> None:
    """The reader's language is not lost on the way."""
    assert urls.keep_query("/id/ä\r\n") == "/id/%C3%A4%0D%0A?lang=de"


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("http://localhost/download/", "/download/"),
        ("http://localhost//evil.example", "/evil.example"),
        ("/id/a.ttl", "/id/a.ttl"),
    ],
)
@pytest.mark.usefixtures("app")
def test_redirects_name_no_host(location: str, kept: str) -> None:
    """What the client called the host is not repeated."""
    assert urls.keep_redirects_local(Response(headers={"Location": location})).headers["Location"] == kept


def test_here_stays_here(app: Flask) -> None:
    """Also on a path that begins with two slashes."""
    with app.test_request_context("/x", environ_overrides={"PATH_INFO": "//evil.example/"}):
        assert urls.here(lang="en").startswith("/evil.example/?")


def test_here_keeps_what_was_asked(app: Flask) -> None:
    """Another language asks the same, also of two graphs."""
    with app.test_request_context("/sparql?default-graph-uri=a%3Ab&default-graph-uri=a%3Ac&lang=de"):
        assert urls.here(lang="en") == "/sparql?default-graph-uri=a%3Ab&default-graph-uri=a%3Ac&lang=en"


@pytest.mark.parametrize("asked", ["", "?q=pflege&kind=offer", "?path=x&self=y"])
def test_the_way_to_today_keeps_what_was_asked(app: Flask, asked: str) -> None:
    """Who looks for something in an older version finds the same question in the current one."""
    with app.test_request_context(
        f"/explore{asked}", environ_overrides={"SCRIPT_NAME": "/base/version/0.1.0", OUTER: "/base"}
    ):
        assert urls.today() == f"/base/explore{asked}"


def test_an_internationalised_host_is_ascii(client: FlaskClient) -> None:
    """A header and a URI have no other letters."""
    with client.application.test_request_context("/id/x", base_url="http://xn--grn-hoa.example:8080/kg"):
        assert urls.host() == "http://xn--grn-hoa.example:8080/kg"
        assert urls.absolute("/id/x") == "http://xn--grn-hoa.example:8080/id/x"
        assert (
            urls.keep_redirects_local(Response(headers={"Location": "http://xn--grn-hoa.example:8080/id/y"})).location
            == "/id/y"
        )
