"""Versions on the web: older ones have the answers of their time, and each answer names its version."""

import gzip
import json
import re
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from iqgraph.dataset import Dataset, load
from iqgraph.dataset.dataset import canonical_hash
from iqgraph.formats import RDF_FORMATS, Format
from iqgraph.release.versions import releases, restore
from iqgraph.resources import Sources
from iqgraph.terms import BASE, DCAT, DCTERMS, OWL, VOID
from iqgraph.web import create_app
from iqgraph.web.http.parameters import MAX_ROWS
from iqgraph.web.site import memoize, site, split_version, use_site
from tiny import change, history, number, release, write
from visits import Visits, site_of

BROWSER = {"Accept": "text/html"}
NAMES = "SELECT ?name { <https://w3id.org/iq-hessen/id/ben> ?p ?name FILTER(LANG(?name) = 'en') }"
LOOKUP = "SELECT ?o { <https://w3id.org/iq-hessen/id/ben> <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """Two releases, and a state that is not released yet."""
    return history(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def client(sources: Sources) -> FlaskClient:
    """A site of them."""
    return create_app(load(sources=sources)).test_client()


# The version of an answer


@pytest.mark.parametrize(
    "path", ["/", "/sparql", "/id/ben", "/id/ben.ttl", "/download/", "/version/", "/health", "/nothing"]
)
def test_every_answer_names_the_data(client: FlaskClient, sources: Sources, path: str) -> None:
    """Version and hash of the data; an unreleased state has the hash in its version."""
    headers = client.get(path).headers
    digest = canonical_hash(load(sources=sources))

    assert headers["Dataset-Version"] == f"1.1.0+{digest[:8]}"
    assert headers["Dataset-Hash"] == f"sha-256={digest}"
    assert {"Dataset-Version", "Dataset-Hash"} <= set(headers["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        *(("/iq-hessen.ttl", "/download/iq-hessen.ttl"), ("/SHA256SUMS", "/download/SHA256SUMS")),
        *(("/iq-hessen", ""), ("/iq-hessen/ttl", ""), ("/iq-hessenttl", "")),
    ],
)
def test_files_of_a_version_are_those_with_an_extension(path: str, inner: str) -> None:
    """Their stem alone is no file, nor a folder, nor the beginning of other names."""
    version = "/version/1.0.0"

    assert split_version(f"{version}{path}", ("1.0.0",)) == (("1.0.0", inner) if inner else ("", f"{version}{path}"))


@pytest.mark.parametrize("path", ["/sparql", "/id/ben", "/id/ben.ttl", "/iq-hessen.nt", "/id/nobody"])
def test_answers_of_a_version_name_that_version(client: FlaskClient, sources: Sources, path: str) -> None:
    """Not the current one."""
    for older in releases(sources):
        headers = client.get(f"/version/{older.version}{path}").headers
        assert headers["Dataset-Version"] == older.version
        assert headers["Dataset-Hash"] == f"sha-256={older.digest}"


def test_a_released_state_has_its_number(tmp_path: Path) -> None:
    """The version has no hash if the data is that of the release."""
    sources = write(tmp_path)
    latest = release(tmp_path, "1.0.0", "2020-01-31")
    headers = create_app(load(sources=sources)).test_client().get("/health").headers

    assert (headers["Dataset-Version"], headers["Dataset-Hash"]) == ("1.0.0", f"sha-256={latest.digest}")


def test_files_of_others_have_no_version(tmp_path: Path) -> None:
    """Their releases are unknown, and they may be too large for a canonical form."""
    client = site_of(tmp_path, "<x:s> <x:p> <x:o> .")

    assert not {"Dataset-Version", "Dataset-Hash"} & set(client.get("/health").headers.keys())
    assert client.get("/version/").status_code == client.get("/version/1.0.0/id/ben").status_code == 404
    assert "/version/" not in client.get("/").text


# An older version


def test_things_as_they_were(client: FlaskClient) -> None:
    """The same path below that of the version, in the same formats."""
    now, first = client.get("/id/ben.nt").text, client.get("/version/1.0.0/id/ben.nt").text

    assert '"Ben"@en' in first
    assert '"Ben"@en' not in now
    assert client.get("/version/1.1.0/id/cleo.ttl").status_code == 200
    assert client.get("/version/1.0.0/id/cleo.ttl").status_code == client.get("/id/cleo.ttl").status_code == 404


@pytest.mark.parametrize("path", ["id/ben", "graph/letter/S01", "passage/letter/S01", "rule/above"])
def test_redirects_and_links_stay_in_the_version(client: FlaskClient, path: str) -> None:
    """Only one link leads to the current state."""
    response = client.get(f"/version/1.0.0/{path}", headers=BROWSER)
    page = client.get(f"/version/1.0.0/{path}.html", headers=BROWSER).text

    assert (response.status_code, response.headers["Location"]) == (303, f"/version/1.0.0/{path}.html")
    assert f'href="/version/1.0.0/{path}.ttl"' in page
    assert f'href="/{path}.html"' in page  # the link to the current state
    assert "version/1.0.0/version" not in page


@pytest.mark.parametrize("query", [NAMES, LOOKUP])
def test_pages_of_answers_of_a_version(client: FlaskClient, query: str) -> None:
    """Each version has its own answer, also the second time."""
    names = {
        "/version/1.0.0": ">Ben</span>",
        "/version/1.1.0": ">Benny &#34;B.&#34;</span>",
        "": ">Benny &#34;B.&#34;</span>",
    }
    for _ in range(2):
        for path, name in names.items():
            page = client.get(f"{path}/sparql", query_string={"query": query}, headers=BROWSER).text
            assert name in page
            assert f'action="{path}/sparql"' in page


def test_the_description_of_the_endpoint_is_that_of_the_version(client: FlaskClient) -> None:
    """Its address has the version in it."""
    assert "<http://localhost/version/1.0.0/sparql>" in client.get("/version/1.0.0/sparql?format=nt").text


@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda format: str(format.extension))
@pytest.mark.parametrize("is_gzip", [False, True], ids=["plain", "gz"])
def test_files_never_change(client: FlaskClient, sources: Sources, format: Format, is_gzip: bool) -> None:
    """They have the statements of the release, are immutable for caches, and have their hash as ETag."""
    first = releases(sources)[0]
    response = client.get(f"/version/1.0.0/iq-hessen.{format.extension}{'.gz' if is_gzip else ''}")
    content = gzip.decompress(response.data) if is_gzip else response.data

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["ETag"] == f'"{sha256(response.data).hexdigest()}"'
    assert {quad.triple for quad in parse(content, format.rdf)} == set(restore(first).triples())


def test_quads_of_a_version_have_its_hash(client: FlaskClient, sources: Sources) -> None:
    """`sha256sum` checks them against the record."""
    for older in releases(sources):
        content = client.get(f"/version/{older.version}/iq-hessen.nq").data
        assert sha256(content).hexdigest() == older.digest


def test_sums_of_a_version(client: FlaskClient) -> None:
    """Each file is in the list, with its hash."""
    lines = [line.split("  ") for line in client.get("/version/1.0.0/SHA256SUMS").text.splitlines()]

    assert {"iq-hessen.nq", "iq-hessen.ttl.gz", "ontology.ttl"} <= {name for _, name in lines}
    for digest, name in lines:
        assert sha256(client.get(f"/version/1.0.0/{name}").data).hexdigest() == digest or name == "ontology.ttl"


# The list and the page of a version


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "path", ["/version/", "/version/1.0.0/", "/version/1.1.0/", "/version/1.0.0..1.1.0", "/version/1.0.0/id/ben.html"]
)
def test_pages(client: FlaskClient, path: str, lang: str) -> None:
    """In both languages, with working links."""
    page = client.get(path, query_string={"lang": lang}, headers=BROWSER)
    addresses = {unescape(one).partition("#")[0] for one in re.findall(r'href="(/[^"]*)"', page.text)}

    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=|<b>", page.text)
    for address in sorted(addresses - {f"/validation?lang={lang}"}):
        absent = re.match(r"/version/[\d.]+/id/involas|/id/cleo", address)
        with client.get(address, headers=BROWSER, follow_redirects=True) as response:
            assert response.status_code == (404 if absent else 200), address


def test_list_as_data(client: FlaskClient) -> None:
    """The versions of the dataset, each with its record."""
    response = client.get("/version/", headers={"Accept": "text/turtle"})
    statements = {quad.triple for quad in parse(response.data, RdfFormat.TURTLE)}
    dataset, newest = NamedNode(f"{BASE}dataset"), NamedNode(f"{BASE}version/1.1.0")

    assert response.headers["Content-Location"] == "/version.ttl"
    assert response.data == client.get("/version.ttl").data
    assert {t.object for t in statements if (t.subject, t.predicate) == (dataset, DCAT.hasCurrentVersion)} == {newest}
    assert len([t for t in statements if t.predicate == DCAT.hasVersion]) == 2
    assert (newest, DCTERMS.issued) in {(t.subject, t.predicate) for t in statements}


def test_a_version_as_data(client: FlaskClient) -> None:
    """A redirect to its document, which has its files and its endpoint."""
    redirect = client.get("/version/1.1.0", headers={"Accept": "application/n-triples"})
    statements = {quad.triple for quad in parse(client.get(redirect.headers["Location"]).data, RdfFormat.N_TRIPLES)}
    pairs = {(triple.predicate, triple.object) for triple in statements}

    assert (redirect.status_code, redirect.headers["Location"]) == (303, "/version/1.1.0.nt")
    assert (DCAT.version, Literal("1.1.0")) in pairs
    assert (DCAT.previousVersion, NamedNode(f"{BASE}version/1.0.0")) in pairs
    assert (VOID.sparqlEndpoint, NamedNode(f"{BASE}version/1.1.0/sparql")) in pairs
    assert (VOID.dataDump, NamedNode(f"{BASE}version/1.1.0/iq-hessen.nq.gz")) in pairs


def test_no_release_yet(tmp_path: Path) -> None:
    """A young dataset has a list without entries; the IRI of its version leads to the current ontology."""
    sources = write(tmp_path)
    number(tmp_path, "0.1.0")
    client = create_app(load(sources=sources)).test_client()

    assert client.get("/version/", headers=BROWSER).status_code == 200
    assert "No version is released yet" in client.get("/version/", headers=BROWSER).text
    assert client.get("/version.nt").data == b""
    assert client.get("/version/latest/").status_code == 404
    assert client.get("/ontology/0.1.0").headers["Location"] == "/ontology"
    assert client.get("/ontology/0.1.0.nt").headers["Location"] == "/ontology.nt"


# Differences


def test_a_removed_thing_links_to_its_last_version(client: FlaskClient) -> None:
    """Its name and its page are those of the old version."""
    page = client.get("/version/1.1.0..current.html?lang=en").text

    assert 'href="/version/1.1.0/id/cleo?lang=en" title="id:cleo">Cleo &lt;b&gt;</a>' in page


def test_nothing_changed(client: FlaskClient) -> None:
    """A version compared with itself has no changes."""
    assert "Nothing has changed between these versions." in client.get("/version/1.0.0..1.0.0?lang=en").text


@pytest.mark.parametrize(
    ("lang", "words"), [("de", "Keine Aussage eines Dokuments"), ("en", "No statement in a document")]
)
def test_changes_of_the_ontology_alone(tmp_path: Path, lang: str, words: str) -> None:
    """The page first says that no statement of documents has changed, then counts the names."""
    sources = write(tmp_path)
    release(tmp_path, "1.0.0", "2020-01-31")
    change(tmp_path, "ontology/iq.ttl", '"person"@en', '"human"@en')
    client = create_app(load(sources=sources)).test_client()
    page = client.get(f"/version/1.0.0..current.html?lang={lang}").text
    same = client.get(f"/version/1.0.0..1.0.0.html?lang={lang}").text

    assert page.partition('class="lead">')[2].startswith(words)
    assert {"de": "1 neu, 1 entfallen; davon 2 Namen", "en": "1 new, 1 removed; 2 of them are names"}[lang] in page
    assert words not in same


def test_a_statement_in_another_graph_is_neither_new_nor_gone(tmp_path: Path) -> None:
    """The page counts these, and does not list them as changes."""
    sources = write(tmp_path)
    release(tmp_path, "1.0.0", "2020-01-31")
    change(tmp_path, "data/letter/01-all.trig", " ; iq:singsIn id:choir", "")
    change(tmp_path, "data/letter/01-all.trig", "g:S01 {", "g:S01 { id:ben iq:singsIn id:choir .")
    page = create_app(load(sources=sources)).test_client().get("/version/1.0.0..current.html?lang=en").text

    assert "0 new, 0 removed; 1 more is now in another graph" in page
    assert 'title="id:ben"' not in page


def test_long_lists_of_changes_have_pages(tmp_path: Path) -> None:
    """Each change is on one of them; a page or a part that does not exist is a problem."""
    sources = history(tmp_path)
    names = "".join(f'id:singer-{n} a iq:Person ; skos:prefLabel "{n}"@en .\n' for n in range(MAX_ROWS + 10))
    change(tmp_path, "data/letter/01-all.trig", "g:S02 {", f"g:S02 {{ {names}")
    client = create_app(load(sources=sources)).test_client()
    path = "/version/1.1.0..current.html?lang=en&part=documents"
    pages = [client.get(f"{path}&page={number}").text for number in (1, 2, 3)]
    names_on_pages = [name for page in pages for name in re.findall(r'title="id:(singer-\d+)"', page)]

    assert set(names_on_pages) == {f"singer-{n}" for n in range(MAX_ROWS + 10)}
    assert "Page 1 of 3" in pages[0]
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[2]
    assert {client.get(f"{path}&page={wrong}").status_code for wrong in ("0", "4", "-1", "x", "9" * 5000)} == {404}
    assert client.get("/version/1.1.0..current.html?part=weather").status_code == 404


# Names of versions


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/version/latest", "/version/1.1.0"),
        ("/version/latest/", "/version/1.1.0/"),
        ("/version/LATEST/id/ben", "/version/1.1.0/id/ben"),
        ("/version/latest/id/b%C3%A4n?lang=de", "/version/1.1.0/id/b%C3%A4n?lang=de"),
        ("/version/latest/sparql?query=ASK%7B%7D", "/version/1.1.0/sparql?query=ASK%7B%7D"),
        ("/version/latest.ttl", "/version/1.1.0.ttl"),
        ("/version/v1.0.0", "/version/1.0.0"),
        ("/version/V1.0.0/iq-hessen.ttl", "/version/1.0.0/iq-hessen.ttl"),
        ("/version/v1.0.0..latest", "/version/1.0.0..1.1.0"),
        ("/version/latest..current.html", "/version/1.1.0..current"),
        ("/version/1.0.0/version/", None),
        ("/version/1.0.0/health", None),
    ],
)
def test_other_names(client: FlaskClient, path: str, location: str | None) -> None:
    """They redirect to the right address on this host; a version within a version is not found."""
    response = client.get(path)

    assert response.status_code == (307 if location else 404)
    assert response.headers.get("Location") == location


@pytest.mark.parametrize("name", ["latest", "v1.0.0", "1.0.0", "2.0.0"])
@pytest.mark.parametrize(
    "path", ["//evil.example/", "/%2F%2Fevil.example/", "/%5C%5Cevil.example", "/https://evil.example/"]
)
def test_no_redirect_leads_to_another_host(client: FlaskClient, name: str, path: str) -> None:
    """Everything after a version is a path below it."""
    response = client.get(f"/version/{name}{path}")
    target = urlsplit(response.headers.get("Location", ""))

    assert response.status_code in (307, 308, 404)
    assert target.netloc in ("", "localhost")
    assert not target.path or target.path.startswith("/version/")


@pytest.mark.parametrize(
    "path",
    [
        "/version/2.0.0",
        "/version/2.0.0/",
        "/version/2.0.0.ttl",
        "/version/1.0",
        "/version/1.0.0/nothing",
        "/version/1.0.0/iq-hessen.pdf",
        "/version/1.0.0..2.0.0",
        "/version/%00/x",
        "/version/..%2F..%2Fetc%2Fpasswd",
        "/version.pdf",
        "/version/vv1.0.0",
        "/ontology/2.0.0",
    ],
)
def test_unknown(client: FlaskClient, path: str) -> None:
    """The detail is a sentence."""
    response = client.get(path)
    problem = json.loads(response.data)

    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert problem["detail"].endswith(".")


# The ontology


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/ontology/1.0.0", "/version/1.0.0/ontology"),
        ("/ontology/1.1.0.ttl", "/version/1.1.0/ontology.ttl"),
        ("/version/1.1.0/ontology/1.0.0", "/version/1.0.0/ontology"),
    ],
)
def test_version_iris_of_the_ontology(client: FlaskClient, path: str, location: str) -> None:
    """Each leads to the ontology of its version."""
    response = client.get(path)

    assert (response.status_code, response.headers["Location"]) == (303, location)
    assert client.get(location).status_code == 200


def test_the_version_iri_dereferences(visits: Visits, dataset: Dataset) -> None:
    """The version IRI of the bundled ontology leads to an ontology with that version IRI."""
    iri = dataset.values(NamedNode(f"{BASE}ontology"), OWL.versionIRI)[0]
    assert isinstance(iri, NamedNode)
    response = visits.follow(f"/{iri.value.removeprefix(BASE)}.nt", "*/*")

    assert response.status_code == 200
    assert f"<{OWL.versionIRI.value}> <{iri.value}> ." in response.text


def test_below_another_path(client: FlaskClient) -> None:
    """Behind a proxy that adds a path, versions are below it too."""
    redirect = client.get("/version/v1.0.0", environ_overrides={"SCRIPT_NAME": "/kg"})

    assert redirect.headers["Location"] == "/kg/version/1.0.0"


@pytest.mark.parametrize(
    ("path", "kind"), [("mcp", "version"), ("reconcile", "version"), ("nothing", "version"), ("id/ben", "method")]
)
def test_what_no_version_has(client: FlaskClient, path: str, kind: str) -> None:
    """Below a version, an interface to the current state says so, whatever the method."""
    assert client.post(f"/version/1.0.0/{path}").get_json()["type"].endswith(f"/{kind}")


def test_a_query_by_post_keeps_its_body(client: FlaskClient) -> None:
    """Also if another name of the version redirects it."""
    answer = client.post("/version/latest/sparql", data={"query": "ASK {}"}, follow_redirects=True)

    assert (answer.request.method, answer.request.path, answer.status_code) == ("POST", "/version/1.1.0/sparql", 200)


@pytest.mark.parametrize("version", ["latest", "1.0.0", "9.9"])
def test_pages_of_the_current_state_only(client: FlaskClient, version: str) -> None:
    """The problem has the same remedy for every version."""
    problem = client.get(f"/quality?version={version}&lang=en").get_json()

    assert problem["type"].endswith("/version")
    assert "for the current state of the data only. Leave the version out." in problem["detail"]
    assert "There are" not in problem["detail"]


def test_results_are_kept_for_each_version(client: FlaskClient) -> None:
    """Also where an argument of a tool for agents names the version, not the address."""
    with client.application.test_request_context("/mcp"):
        use_site(site().versions["1.0.0"])
        older = memoize("hash of a test", canonical_hash)
    with client.application.test_request_context("/mcp"):
        assert memoize("hash of a test", canonical_hash) == canonical_hash(site().dataset) != older


def test_the_plus_of_a_version_may_be_a_space(client: FlaskClient) -> None:
    """Forms decode it so, and readers copy versions from pages into addresses."""
    page = client.get("/id/ben.html").text
    version = re.search(r"1\.1\.0\+[0-9a-f]{8}", page)

    assert version
    assert client.get(f"/id/ben.html?version={version[0]}").status_code in (200, 307)
