"""Downloads: the release, byte by byte, with everything that caches and resuming clients need."""

from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.release import build
from iqgraph.web import create_app

TYPES = {
    "iq-hessen.ttl": "text/turtle; charset=utf-8",
    "iq-hessen.nt": "application/n-triples",
    "iq-hessen.trig": "application/trig",
    "iq-hessen.nq": "application/n-quads",
    "iq-hessen.jsonld": "application/ld+json",
    "iq-hessen.rdf": "application/rdf+xml",
    "iq-hessen.ttl.gz": "application/gzip",
    "ontology.ttl": "text/turtle; charset=utf-8",
    "SHA256SUMS": "text/plain; charset=utf-8",
}


@pytest.fixture(scope="module")
def files(dataset: Dataset) -> dict[str, bytes]:
    """The release of the bundled dataset."""
    return build(dataset)


@pytest.fixture(scope="module")
def client(dataset: Dataset, files: dict[str, bytes]) -> FlaskClient:
    """A site with the bundled dataset."""
    return create_app(dataset, files=files).test_client()


def test_list(client: FlaskClient, files: dict[str, bytes]) -> None:
    """Each file with its size and its hash."""
    page = client.get("/download/").text

    for name, content in files.items():
        assert f'href="/download/{name}"' in page
        assert f">{len(content)}</td>" in page
        assert sha256(content).hexdigest() in page


def test_each_file_is_what_is_released(client: FlaskClient, files: dict[str, bytes]) -> None:
    """Nothing is added, left out or encoded on the way; the hash is the tag."""
    for name, content in files.items():
        response = client.get(f"/download/{name}")
        assert response.data == content
        assert response.headers["ETag"] == f'"{sha256(content).hexdigest()}"'
        assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("name", TYPES)
def test_types(client: FlaskClient, name: str) -> None:
    """The content type says what the file is."""
    assert client.head(f"/download/{name}").content_type == TYPES[name]


def test_not_modified(client: FlaskClient) -> None:
    """Who has the file does not get it again."""
    tag = client.get("/download/iq-hessen.nt").headers["ETag"]
    response = client.get("/download/iq-hessen.nt", headers={"If-None-Match": f'"other", {tag}'})

    assert (response.status_code, response.data) == (304, b"")


def test_ranges(client: FlaskClient, files: dict[str, bytes]) -> None:
    """A broken download can go on."""
    content = files["iq-hessen.nt"]
    response = client.get("/download/iq-hessen.nt", headers={"Range": "bytes=100-199"})

    assert response.status_code == 206
    assert response.data == content[100:200]
    assert response.headers["Content-Range"] == f"bytes 100-199/{len(content)}"


def test_range_beyond_the_end(client: FlaskClient, files: dict[str, bytes]) -> None:
    """There is nothing behind the end, and the answer says where that is."""
    response = client.get("/download/iq-hessen.nt", headers={"Range": "bytes=99999999-"})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(files['iq-hessen.nt'])}"


def test_head(client: FlaskClient, files: dict[str, bytes]) -> None:
    """The size is known without the file."""
    response = client.head("/download/iq-hessen.trig")

    assert response.data == b""
    assert response.headers["Content-Length"] == str(len(files["iq-hessen.trig"]))


@pytest.mark.parametrize("name", ["nothing", "..%2Fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd"])
def test_no_other_files(client: FlaskClient, name: str) -> None:
    """The release is all there is."""
    assert client.get(f"/download/{name}").status_code == 404
