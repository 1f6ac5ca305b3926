"""Caching over HTTP: freshness, the version of the data, and conditional requests."""

import pytest

from asking import ask, get
from iqgraph.dataset import Dataset
from iqgraph.dataset.dataset import canonical_hash
from iqgraph.formats import CSV
from iqgraph.release.versions import releases
from iqgraph.resources import packaged
from iqgraph.web.http.messages import CACHEABLE, entity_tag
from repository import ROOT

OLDER = releases(packaged())[0]
ASK = "/sparql?query=ASK%7B%7D"
GRAPH = "/sparql?query=CONSTRUCT%20WHERE%20%7B%3Fs%20a%20%3Fo%7D%20LIMIT%203"
ANSWERS = [ASK, f"{ASK}&format={CSV.extension}", GRAPH, f"/version/{OLDER.version}{ASK}"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *((path, CACHEABLE) for path in (*ANSWERS, "/", "/id/involas.ttl")),
        ("/download/ontology.ttl", "public, max-age=0, must-revalidate"),
        (f"/version/{OLDER.version}/iq-hessen.nt.gz", "public, max-age=31536000, immutable"),
        ("/health", "no-store"),
    ],
)
def test_cache_control(server_url: str, path: str, value: str) -> None:
    """Each kind of answer has the Cache-Control that the page on limits shows."""
    assert get(server_url, path).headers["Cache-Control"] == value
    assert f"| `{value}` |" in (ROOT / "docs/limits.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("accept", [CSV.media_type, "text/html"])
@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_nondeterministic_answers_are_not_cached(server_url: str, function: str, accept: str) -> None:
    """Neither the server nor other caches store them, and they have no entity tag."""
    replies = [get(server_url, "/sparql", accept, query=f"SELECT ({function} AS ?x) {{}}") for _ in range(2)]

    assert [(one.status, one.headers["Cache-Control"], one.headers["ETag"]) for one in replies] == [
        (200, "no-store", None)
    ] * 2
    assert replies[0].body != replies[1].body


def test_answers_to_post_are_not_cached(server_url: str) -> None:
    """They have no Cache-Control, so they are not cacheable (RFC 9110, section 9.3.3)."""
    reply = ask(f"{server_url}/sparql", body=b"query=ASK%7B%7D")

    assert (reply.status, reply.headers["Cache-Control"]) == (200, None)


@pytest.mark.parametrize("path", [ASK, GRAPH])
def test_answers_name_the_data(server_url: str, dataset: Dataset, path: str) -> None:
    """Answers have version and hash of the data in headers that scripts of other sites can read."""
    headers = get(server_url, path).headers

    assert headers["Dataset-Hash"] == f"sha-256={canonical_hash(dataset)}"
    assert headers["Dataset-Version"].partition("+")[0] in {one.version for one in releases(packaged())}
    assert {"Dataset-Version", "Dataset-Hash"} <= set(headers["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("path", ANSWERS)
def test_the_tag_of_an_answer_is_that_of_its_data_too(server_url: str, path: str) -> None:
    """The entity tag depends on the data: after 304 a cache keeps the headers that name it."""
    reply = get(server_url, path)
    tag = entity_tag(reply.headers["Content-Type"], reply.body, reply.headers["Dataset-Hash"])

    assert reply.headers["ETag"] == f'"{tag}"'


@pytest.mark.parametrize(
    "path",
    [
        *(*ANSWERS, "/", "/id/involas.ttl", "/id/involas.html", "/ontology", "/download/iq-hessen.nt"),
        *(f"/version/{OLDER.version}/iq-hessen.{ending}" for ending in ("ttl", "nt.gz")),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(server_url: str, method: str, path: str) -> None:
    """412 unless If-Match names the tag, strongly, or any; 304 if If-None-Match does (RFC 9110, section 13.1)."""
    tag = get(server_url, path).headers["ETag"]

    def status(**conditions: str) -> int:
        headers = {"Accept": "*/*", **{name.replace("_", "-"): value for name, value in conditions.items()}}
        return ask(f"{server_url}{path}", headers=headers, method=method).status

    assert [status(If_Match=one) for one in (tag, f'"other", {tag}', "*")] == [200, 200, 200]
    assert [status(If_Match=one) for one in ('"other"', f"W/{tag}", "")] == [412, 412, 412]
    assert [status(If_None_Match=one) for one in (tag, '"other"')] == [304, 200]
    assert status(If_Match='"other"', If_None_Match=tag) == 412
    assert status(If_Match='"other"', Range="bytes=0-9") == 412


def test_preconditions_come_before_ranges(server_url: str) -> None:
    """Whatever the range asks for (RFC 9110, section 13.2.2)."""
    path = "/download/iq-hessen.nt"
    tag = get(server_url, path).headers["ETag"]

    def status(**headers: str) -> int:
        return ask(f"{server_url}{path}", headers={"Range": "bytes=999999999-", **headers}).status

    assert status() == 416
    assert status(**{"If-Match": '"other"'}) == 412
    assert status(**{"If-None-Match": tag}) == 304


def test_the_digest_is_that_of_the_bytes_sent(server_url: str) -> None:
    """A compressed file is sent without the digest of the plain one (RFC 9530, section 3)."""
    path = f"{server_url}/download/iq-hessen.nt"

    assert "Repr-Digest" in ask(path, headers={"Accept-Encoding": "identity"}).headers
    assert "Repr-Digest" not in ask(path, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("name", ["iq-hessen.ttl", "iq-hessen.nt.gz"])
def test_a_part_of_a_file_of_a_version(server_url: str, name: str) -> None:
    """An interrupted download can be resumed."""
    path = f"/version/{OLDER.version}/{name}"
    whole = get(server_url, path)
    part = ask(f"{server_url}{path}", headers={"Range": "bytes=10-19"})

    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.body)}"
