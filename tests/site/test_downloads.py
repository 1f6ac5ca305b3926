"""Downloads: the release, byte by byte, with what caches and resuming clients need."""

import asyncio
import csv
import io
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset, load_plain
from iqgraph.dataset.dataset import canonical_hash
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.release.release import Files, build
from iqgraph.service.requests.front import Front
from iqgraph.web import create_app
from test_front import Channel, Scope
from tiny import put
from visits import problem

TYPES = {
    "iq-hessen.ttl": "text/turtle; charset=utf-8",
    "iq-hessen.nt": "application/n-triples",
    "iq-hessen.trig": "application/trig",
    "iq-hessen.nq": "application/n-quads",
    "iq-hessen.jsonld": "application/ld+json",
    "iq-hessen.rdf": "application/rdf+xml",
    "iq-hessen.ttl.gz": "application/gzip",
    "iq-hessen.nq.zst": "application/zstd",
    "document/11-jahre-iq.trig": "application/trig",
    "graph/11-jahre-iq/S24.ttl": "text/turtle; charset=utf-8",
    "ontology.ttl": "text/turtle; charset=utf-8",
    "iq-hessen.rdfc10.sha256": "text/plain; charset=utf-8",
    "recognition-procedures.csv": "text/csv; charset=utf-8",
    "recognition-procedures.csv-metadata.json": "application/csvm+json",
    "SHA256SUMS": "text/plain; charset=utf-8",
}
NAMES = {
    "iq-hessen.ttl.gz": 'attachment; filename="iq-hessen.ttl.gz"',
    "graph/11-jahre-iq/S24.ttl": 'attachment; filename="graph-11-jahre-iq-S24.ttl"',
    "SHA256SUMS": 'inline; filename="SHA256SUMS"',
}
NAME = "iq-hessen.nt"
PATH = f"/download/{NAME}"


@pytest.fixture(scope="module")
def front(client: FlaskClient) -> Front:
    """The site as the server runs it."""
    return Front(client.application)


def ask(front: Front, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """The answer for the N-Triples through the front; `if_range` stands for If-Range."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    channel = Channel()
    scope = Scope(method, PATH, headers={"host": "a.example", **fields})
    asyncio.run(front.__rsgi__(scope, channel))
    return channel.status, dict(channel.headers), channel.body


def etag(content: bytes) -> str:
    """The ETag of a file."""
    return f'"{sha256(content).hexdigest()}"'


def test_list(client: FlaskClient, files: Files, dataset: Dataset) -> None:
    """Each file with its size, in bytes as title, and its hash; and the hash of the dataset."""
    contents = dict(files.items())
    page = client.get("/download/").text

    for name, content in contents.items():
        assert f'href="/download/{name}"' in page
        assert f'title="{len(content)} bytes"' in page
        assert sha256(content).hexdigest() in page
    assert canonical_hash(dataset) in page
    assert "missing yet" not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["Der ganze Datensatz", "Koordination geht an involas", "Prüfregeln", "der Spalten", "Größe", "MB"]),
        ("en", ["The whole dataset", "Coordination", "of the columns", "Size", "Research Organization Registry"]),
    ],
)
def test_list_says_what_files_hold(client: FlaskClient, files: Files, language: str, words: list[str]) -> None:
    """Groups, files and sizes in the reader's language."""
    dict(files.items())
    page = client.get(f"/download/?lang={language}").text

    assert [word for word in words if word not in page] == []


def test_every_group_has_a_heading(client: FlaskClient, files: Files) -> None:
    """Each comes once, tables first."""
    headings = re.findall(r'<h2 id="([a-z]+)">\S', client.get("/download/").text)
    groups = dict.fromkeys(file.group for file in files.files.values())

    assert headings == ["things", "table", *(group for group in groups if group != "table")]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_two_groups_have_the_same_heading(client: FlaskClient, lang: str) -> None:
    """In either language."""
    headings = re.findall(r"<h2[^>]*>([^<]+)", client.get(f"/download/?lang={lang}").text)

    assert len(set(headings)) == len(headings) > 1


def test_the_list_begins_with_tables(client: FlaskClient, dataset: Dataset) -> None:
    """Each kind of thing in three formats, with the number of their rows."""
    page = client.get("/download/?lang=de").text
    counts = re.findall(r'kind=([a-z]+)[^"]*">[^<]+</a></td>\s*<td class="number"[^>]*>(\d+)</td>', page)

    assert len(counts) > 10
    assert page.index('download="organisation.xlsx"') < page.index('href="/download/iq-hessen.trig.gz')
    for kind, count in counts:
        addresses = re.findall(rf'href="(/q/[^"]+)" download="{kind}\.', page)
        targets = [urlsplit(client.get(unescape(address)).location) for address in addresses]
        parameters = [parse_qs(target.query) for target in targets]
        assert {target.path for target in targets} == {"/sparql"}
        assert [one["format"] for one in parameters] == [["xlsx"], ["csv-de"], ["csv"]]
        query = parameters[-1]["query"][0]
        rows = Embedded(dataset.store).answer(Query(query), CSV).decode()
        assert len(list(csv.reader(io.StringIO(rows, newline="")))) == int(count) + 1, kind


def test_the_list_of_other_rdf_builds_no_file(tmp_path: Path) -> None:
    """Millions of statements are not serialised in twenty formats for a list; existing files have their hash."""
    dataset = load_plain([put(tmp_path, "a.nt", "<x:a> <x:b> <x:c> .\n")])
    files = build(dataset)
    client = create_app(dataset, files=files).test_client()
    empty = client.get("/download/").text
    content = client.get("/download/a.nq.gz").data

    assert "a.ttl" in empty
    assert "still missing" in empty
    assert "RDFC" not in empty
    assert "passage" not in empty
    assert files.available_checksums().keys() == {"a.nq", "a.nq.gz"}
    assert sha256(content).hexdigest() in client.get("/download/").text


def test_each_file_is_that_of_the_release(client: FlaskClient, files: Files) -> None:
    """Nothing is added, left out or encoded; the hash is the ETag."""
    for name, content in files.items():
        response = client.get(f"/download/{name}")
        digest = sha256(content)
        assert response.data == content
        assert response.headers["ETag"] == etag(content)
        assert response.headers["Repr-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("name", TYPES)
def test_types(client: FlaskClient, name: str) -> None:
    """Each file has its content type."""
    assert client.head(f"/download/{name}").content_type == TYPES[name]


def test_a_table_leads_to_its_description(client: FlaskClient) -> None:
    """CSV on the Web looks for it in the first link; the description itself has none."""
    table, about = "recognition-procedures.csv", "recognition-procedures.csv-metadata.json"
    links = [client.head(f"/download/{name}").headers["Link"] for name in (table, about)]

    assert links[0].startswith(f'<{about}>; rel="describedby"; type="application/csvm+json", ')
    assert "describedby" not in links[1]


@pytest.mark.parametrize("name", NAMES)
def test_file_names(client: FlaskClient, name: str) -> None:
    """A browser saves a file under its name; checksums are shown."""
    assert client.head(f"/download/{name}").headers["Content-Disposition"] == NAMES[name]


PARTS: list[tuple[str, slice]] = [
    ("bytes=100-199", slice(100, 200)),
    ("bytes=0-0", slice(0, 1)),
    ("bytes=1000-", slice(1000, None)),
    ("bytes=-50", slice(-50, None)),
    ("bytes=-99999999", slice(0, None)),  # all of it (RFC 9110, section 14.1.2)
    ("bytes=0-99999999", slice(0, None)),
]


@pytest.mark.parametrize(("range_field", "part"), PARTS)
def test_one_part(front: Front, files: Files, range_field: str, part: slice) -> None:
    """An interrupted download can be resumed."""
    content = files[NAME]
    status, headers, body = ask(front, range=range_field)
    start, end, _ = part.indices(len(content))

    assert (status, body) == (206, content[part])
    assert headers["content-range"] == f"bytes {start}-{end - 1}/{len(content)}"
    assert headers["content-length"] == str(len(body))
    assert headers["etag"] == etag(content)


@pytest.mark.parametrize(
    ("path", "has_variants"),
    [
        ("/download/iq-hessen.nt", True),
        ("/download/iq-hessen.nt.gz", False),
        ("/id/involas.ttl", True),
        ("/", True),
        ("/sparql?query=ASK+{}", True),
    ],
)
def test_what_may_be_compressed_says_so(client: FlaskClient, path: str, has_variants: bool) -> None:
    """A cache must not give one variant for the other."""
    assert ("Accept-Encoding" in client.get(path).headers.get("Vary", "")) == has_variants


@pytest.mark.parametrize("range_field", ["bytes=99999999-", "bytes=99999999-99999999"])
def test_a_part_that_is_not_there(front: Front, files: Files, range_field: str) -> None:
    """The answer gives the length of the file."""
    status, headers, _ = ask(front, range=range_field)

    assert status == 416
    assert headers["content-range"] == f"bytes */{len(files[NAME])}"


@pytest.mark.parametrize(
    ("method", "range_field"),
    [
        *(("GET", range_field) for range_field in ("lines=1-2", "bytes=0-9,20-29", "bytes=9-5", "bytes=x", "nonsense")),
        ("HEAD", "bytes=0-9"),  # only GET knows ranges (RFC 9110, section 14.2)
    ],
)
def test_ranges_that_are_ignored(front: Front, files: Files, method: str, range_field: str) -> None:
    """The answer is the whole file."""
    status, headers, body = ask(front, method, range=range_field)

    assert status == 200
    assert headers["content-length"] == str(len(files[NAME]))
    assert "content-range" not in headers
    assert body == (files[NAME] if method == "GET" else b"")


CONDITIONS: list[tuple[Mapping[str, str], int]] = [
    ({"if_none_match": "{tag}"}, 304),
    ({"if_none_match": 'W/{tag}, "x"'}, 304),
    ({"if_none_match": '"other", {tag}'}, 304),
    ({"if_none_match": "*"}, 304),
    ({"if_none_match": '"other"'}, 200),
    ({"if_none_match": "{tag}", "range": "bytes=0-9"}, 304),
    ({"if_none_match": '"other"', "range": "bytes=0-9"}, 206),
    ({"if_range": "{tag}", "range": "bytes=0-9"}, 206),
    ({"if_range": '"other"', "range": "bytes=0-9"}, 200),
    ({"if_range": "W/{tag}", "range": "bytes=0-9"}, 200),
    ({"if_range": "Sat, 01 Jan 2022 00:00:00 GMT", "range": "bytes=0-9"}, 200),
    ({"if_range": '"other"', "range": "bytes=99999999-"}, 200),
    ({"if_range": "{tag}"}, 200),
]


@pytest.mark.parametrize(("headers", "status"), CONDITIONS)
def test_conditions(front: Front, files: Files, headers: Mapping[str, str], status: int) -> None:
    """Nothing is sent twice, and no part of another version."""
    content = files[NAME]
    fields = {name: value.replace("{tag}", etag(content)) for name, value in headers.items()}
    answer = ask(front, **fields)

    assert answer[0] == status
    assert answer[1]["etag"] == etag(content)
    assert answer[2] == {200: content, 206: content[:10], 304: b""}[status]


@pytest.mark.parametrize("name", ["nothing", "..%2Fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "graph/", "graph"])
def test_no_other_files(client: FlaskClient, name: str) -> None:
    """Only files of the release are found."""
    assert problem(client.get(f"/download/{name}")) == (404, "not-found")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("iq-hessen.turtle", "iq-hessen.ttl"),
        ("iq-hessen.ttl/", "iq-hessen.ttl"),
        ("IQ-Hessen.TTL", "iq-hessen.ttl"),
        ("iq-hessen.nq.bz2", "iq-hessen.nq.gz"),
        ("sha256sum", "SHA256SUMS"),
        ("graph/11-jahre-iq/S99.ttl", "graph/11-jahre-iq/S09.ttl"),
        ("11-jahre-iq.trig", "document/11-jahre-iq.trig"),
    ],
)
def test_an_unknown_name_gets_suggestions(client: FlaskClient, name: str, suggestion: str) -> None:
    """The problem names similar files."""
    response = client.get(f"/download/{name}")

    assert response.status_code == 404
    assert suggestion in response.get_json(force=True)["known"]
