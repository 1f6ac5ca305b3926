"""Missing pages: suggestions, and no redirect off the site."""

import json
import re
import unicodedata
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from visits import Visits, problem

BROWSER = {"Accept": "text/html"}
HOSTS = ["localhost", "evil.example", "evil.example:80", "localhost/evil.example", "a b", "", "[::1]"]
HOSTILE = [
    "//evil.example/",
    "//evil.example//",
    "///evil.example/id/",
    "/\\evil.example/",
    "/\\\\evil.example\\/",
    "/\t/evil.example/",
    "/id/involas\r\nLocation: https://evil.example/",
    "/http://evil.example/",
    "/https:evil.example/",
    "/@evil.example/",
    "/id//evil.example/",
    "/id/../../../evil.example/",
    "/.//evil.example/",
    "/%2f%2fevil.example/",
    "/id/%00/",
    "/id/" + "a/" * 2000,
    "/download",
]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: str(path)[:40])
def test_no_redirect_leaves_the_host(client: FlaskClient, path: str) -> None:
    """For any path and host of a request, the answer is a problem or a path of this site."""
    for host in HOSTS:
        response = client.get("/x", headers={"Host": host}, environ_overrides={"PATH_INFO": path})
        location = response.headers.get("Location", "/")

        assert response.status_code in (308, 400, 404), host
        assert (urlsplit(location).scheme, urlsplit(location).netloc) == ("", ""), host
        assert location.isascii(), host
        assert location.isprintable(), host
        assert location[:2] not in ("//", "/\\"), host
        assert "evil.example" not in response.headers.get("Link", ""), host


@pytest.mark.parametrize(
    ("path", "tidy"),
    [
        ("/id/involas/", "/id/involas"),
        ("/id/involas//", "/id/involas"),
        ("/id//involas", "/id/involas"),
        ("/id/involas.ttl/", "/id/involas.ttl"),
        ("/sparql/", "/sparql"),
        ("/ontology/", "/ontology"),
        ("/version/0.5.0/id/involas/", "/version/0.5.0/id/involas"),
    ],
)
def test_an_untidy_path_leads_to_the_tidy_one(client: FlaskClient, path: str, tidy: str) -> None:
    """Permanently, and with its parameters."""
    response = client.get("/x?lang=de", environ_overrides={"PATH_INFO": path})

    assert response.status_code == 308
    assert response.headers["Location"].partition("?")[0] == tidy
    assert client.get(tidy, headers=BROWSER).status_code in (200, 303)


@pytest.mark.parametrize(
    "path",
    [
        *("/picture/", "/nope//x", "/id/nope/", "/concept/nope/", "/rule/nope/", "/q/nope/", "/ontology/nope/"),
        *("/passage/11-jahre-iq/999/", "/document/nope/", "/version/0.5.0/nope/", "/version/0.5.0/id/nope/"),
    ],
)
def test_no_path_leads_to_a_missing_one(client: FlaskClient, path: str) -> None:
    """It is missing itself."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("POST", "/about/"), ("PUT", "/sparql/"), ("GET", "/mcp/")])
def test_a_method_that_is_not_allowed_is_told_at_once(client: FlaskClient, method: str, path: str) -> None:
    """With those that are, as at the normal path."""
    response, other = client.open(path, method=method), client.open(path.rstrip("/"), method=method)

    assert (response.status_code, response.headers["Allow"]) == (405, other.headers["Allow"])


@pytest.mark.parametrize("path", ["/sparql/", "/sparql//"])
@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_other_methods_are_redirected_too(client: FlaskClient, method: str, path: str) -> None:
    """308 keeps method and body."""
    response = client.open("/x", method=method, environ_overrides={"PATH_INFO": path})

    assert (response.status_code, response.headers["Location"]) == (308, f"/{path.strip('/')}")


def test_a_preflight_is_answered_where_it_is_asked(client: FlaskClient) -> None:
    """Preflight requests follow no redirects; all headers are allowed."""
    response = client.options("/sparql/", headers={"Access-Control-Request-Headers": "x-query-id"})

    assert response.status_code == 204
    assert "POST" in response.headers["Access-Control-Allow-Methods"].split(", ")
    assert response.headers["Access-Control-Allow-Headers"].split(", ")[0] == "*"


@pytest.mark.parametrize("path", ["/concept/../id/involas", "/id/./involas", "/id/../../etc/passwd/"])
def test_a_path_that_climbs_leads_nowhere(client: FlaskClient, path: str) -> None:
    """Clients resolve dots themselves, so such a path is an attack."""
    assert problem(client.get("/x", environ_overrides={"PATH_INFO": path})) == (404, "not-found")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/id/Involas", "/id/involas"),
        ("/id/INVOLAS.ttl", "/id/involas"),
        ("/id/involass.html", "/id/involas"),
        ("/concept/involas", "/id/involas"),
        ("/involas", "/id/involas"),
        ("/id/koordinierungsstelle", "/id/coordination-office"),
        ("/id/Änderungsgesetz", "/ontology#AmendingAct"),
        ("/id/aenderungsgesetz", "/ontology#AmendingAct"),
        (f"/id/{unicodedata.normalize('NFD', 'Änderungsgesetz')}", "/ontology#AmendingAct"),
        ("/passage/11-jahre-iq/s24", "/passage/11-jahre-iq/S24"),
        ("/graph/source/netzwerk-iqq", "/graph/source/netzwerk-iq"),
        ("/query/who-coordinates-the-networks", "/query/who-coordinates-the-network"),
        ("/rule/coordinated-bye", "/rule/coordinated-by"),
        ("/describe?uri=https://w3id.org/iq-hessen/id/Involas", "/id/involas"),
    ],
)
def test_similar_addresses_are_suggested(client: FlaskClient, visits: Visits, path: str, near: str) -> None:
    """As addresses in JSON and as links on the page; each works."""
    body = json.loads(client.get(path).data)
    page = client.get(path, headers=BROWSER)

    assert body["status"] == 404
    assert near in body["nearest"]
    assert f'<a href="{near}">' in page.text
    assert [address for address in body["nearest"] if visits.is_broken(address)] == []


@pytest.mark.parametrize(
    ("path", "first"),
    [("/passage/11-jahre-iq/S1", "/passage/11-jahre-iq/S01"), ("/concept/coordinatio", "/concept/coordination")],
)
def test_the_nearest_is_first(client: FlaskClient, path: str, first: str) -> None:
    """The passage without its leading zero before similar numbers; a thing of the same kind."""
    assert json.loads(client.get(path).data)["nearest"][0] == first


@pytest.mark.parametrize(
    "path",
    ["/id/involas+", "/id/caf%C3%A9", "/id/%FF", "/id/", "/id", "/id/a?b=c", "/id/" + "ä" * 3000, "/id/%3Cscript%3E"],
)
def test_odd_paths_have_plain_answers(client: FlaskClient, path: str) -> None:
    """Not found, briefly, and never as markup."""
    response = client.get(path, headers=BROWSER, follow_redirects=True)

    assert response.status_code == 404
    assert len(client.get(path, follow_redirects=True).data) < 2000
    assert "<script>" not in response.text


@pytest.mark.parametrize("path", ["/id%2Finvolas", "/id/%69nvolas", "/%69d/involas"])
def test_encoding_makes_no_difference(client: FlaskClient, path: str) -> None:
    """Paths that are equal after decoding lead to the same thing."""
    assert client.get(path).headers["Location"] == "/id/involas.ttl"


@pytest.mark.parametrize("path", ["/id/involas", "/describe", "/ontology"])
@pytest.mark.parametrize("suffix", ["pdf", "json", "csv", "ttl2", "html5"])
def test_a_format_that_is_not_there(client: FlaskClient, visits: Visits, path: str, suffix: str) -> None:
    """The problem has the addresses of the available formats."""
    response = client.get(f"{path}.{suffix}?uri=https://w3id.org/iq-hessen/id/involas")

    assert response.status_code == 404
    addresses = json.loads(response.data)["forms"]
    assert {visits.get(address).status_code for address in addresses} == {200}
    assert len(addresses) == 7


@pytest.mark.parametrize("accept", ["image/png", "application/pdf, image/*", "text/csv"])
def test_a_type_that_is_not_there(client: FlaskClient, accept: str) -> None:
    """The problem has the available types and their addresses."""
    response = client.get("/id/involas", headers={"Accept": accept})

    body = json.loads(response.data)
    assert response.status_code == 406
    assert "text/turtle" in body["offers"]
    assert "/id/involas.ttl" in body["forms"]


@pytest.mark.parametrize(
    ("query", "name"), [("?lang=de", "Koordination"), ("?lang=en", "Coordination"), ("", "Coordination")]
)
def test_suggestions_have_labels(client: FlaskClient, query: str, name: str) -> None:
    """Also if the address has the language."""
    page = client.get(f"/concept/coordinatio{query}", headers={"Accept": "text/html"}).text

    link = re.search(r'<li><a href="/concept/coordination(\?lang=..)?">(.+?)</a> <code>(.+?)</code>', page)
    assert link
    assert (link[2].casefold(), link[3]) == (name.casefold(), "/concept/coordination")
