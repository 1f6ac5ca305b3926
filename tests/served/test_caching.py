"""What caches are told over HTTP: how long an answer may be kept, of which data it is, and that it did not change."""

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
def test_how_long_answers_may_be_kept(served: str, path: str, value: str) -> None:
    """Each kind as long as the page of limits says."""
    assert get(served, path).headers["Cache-Control"] == value
    assert f"| `{value}` |" in (ROOT / "docs/limits.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("accept", [CSV.media_type, "text/html"])
@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_chance_or_the_clock_decides_is_not_kept(served: str, function: str, accept: str) -> None:
    """Nobody may keep it, here or on the way, and no tag says that it is the same."""
    replies = [get(served, "/sparql", accept, query=f"SELECT ({function} AS ?x) {{}}") for _ in range(2)]

    assert [(one.status, one.headers["Cache-Control"], one.headers["ETag"]) for one in replies] == [
        (200, "no-store", None)
    ] * 2
    assert replies[0].body != replies[1].body


def test_post_is_not_kept(served: str) -> None:
    """Its answer says nothing of caches, so none may keep it (RFC 9110, section 9.3.3)."""
    reply = ask(f"{served}/sparql", body=b"query=ASK%7B%7D")

    assert (reply.status, reply.headers["Cache-Control"]) == (200, None)


@pytest.mark.parametrize("path", [ASK, GRAPH])
def test_answers_name_the_data(served: str, dataset: Dataset, path: str) -> None:
    """Version and hash of what is served, and scripts of other sites can read them."""
    headers = get(served, path).headers

    assert headers["Dataset-Hash"] == f"sha-256={canonical_hash(dataset)}"
    assert headers["Dataset-Version"].partition("+")[0] in {one.version for one in releases(packaged())}
    assert {"Dataset-Version", "Dataset-Hash"} <= set(headers["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("path", ANSWERS)
def test_the_tag_of_an_answer_is_that_of_its_data_too(served: str, path: str) -> None:
    """A cache that hears 304 keeps its headers, and would tell of the older data for ever."""
    reply = get(served, path)
    made = entity_tag(reply.headers["Content-Type"], reply.body, reply.headers["Dataset-Hash"])

    assert reply.headers["ETag"] == f'"{made}"'


@pytest.mark.parametrize(
    "path",
    [
        *ANSWERS,
        "/",
        "/id/involas.ttl",
        "/id/involas.html",
        "/ontology",
        "/download/iq-hessen.nt",
        f"/version/{OLDER.version}/iq-hessen.ttl",
        f"/version/{OLDER.version}/iq-hessen.nt.gz",
    ],
)
def test_who_has_an_answer_is_told_so(served: str, path: str) -> None:
    """304 without a body for its tag, the answer again for another one."""
    first = get(served, path)
    same = ask(f"{served}{path}", headers={"Accept": "*/*", "If-None-Match": first.headers["ETag"]})
    other = ask(f"{served}{path}", headers={"Accept": "*/*", "If-None-Match": '"other"'})

    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (other.status, other.body) == (200, first.body)


@pytest.mark.parametrize("path", [*ANSWERS, "/id/involas.ttl", "/download/iq-hessen.nt"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_wants_another_state_is_told_so(served: str, method: str, path: str) -> None:
    """412 unless If-Match names the tag, strongly, or any (RFC 9110, section 13.1.1)."""
    has = get(served, path).headers["ETag"]

    def status(**conditions: str) -> int:
        headers = {"Accept": "*/*", **{name.replace("_", "-"): value for name, value in conditions.items()}}
        return ask(f"{served}{path}", headers=headers, method=method).status

    assert [status(If_Match=one) for one in (has, f'"other", {has}', "*")] == [200, 200, 200]
    assert [status(If_Match=one) for one in ('"other"', f"W/{has}", "")] == [412, 412, 412]
    assert status(If_Match='"other"', If_None_Match=has) == 412
    assert status(If_Match='"other"', Range="bytes=0-9") == 412


def test_preconditions_come_before_ranges(served: str) -> None:
    """Whatever the range asks for (RFC 9110, section 13.2.2)."""
    path = "/download/iq-hessen.nt"
    tag = get(served, path).headers["ETag"]

    def status(**headers: str) -> int:
        return ask(f"{served}{path}", headers={"Range": "bytes=999999999-", **headers}).status

    assert status() == 416
    assert status(**{"If-Match": '"other"'}) == 412
    assert status(**{"If-None-Match": tag}) == 304


def test_the_digest_is_that_of_the_bytes_sent(served: str) -> None:
    """A compressed file is sent without the digest of the plain one (RFC 9530, section 3)."""
    path = f"{served}/download/iq-hessen.nt"

    assert "Repr-Digest" in ask(path, headers={"Accept-Encoding": "identity"}).headers
    assert "Repr-Digest" not in ask(path, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("name", ["iq-hessen.ttl", "iq-hessen.nt.gz"])
def test_a_part_of_a_file_of_a_version(served: str, name: str) -> None:
    """A broken download can go on."""
    path = f"/version/{OLDER.version}/{name}"
    whole = get(served, path)
    part = ask(f"{served}{path}", headers={"Range": "bytes=10-19"})

    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.body)}"
