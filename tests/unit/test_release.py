"""The release: a fixed list of files, each made on demand, equal for equal data."""

import gzip
import os
import shlex
import shutil
import subprocess
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard

from iqgraph.dataset import Dataset, load, load_plain
from iqgraph.release.dumps import CANONICAL, Artifact
from iqgraph.release.release import SUMS, Checksum, Files, build
from iqgraph.terms import GRAPH, ID, IQ, RDF
from iqgraph.writing import write
from test_docs import sessions
from tiny import put

WHOLE = {f"iq-hessen.{extension}" for extension in ("ttl", "nt", "trig", "nq", "jsonld", "rdf")}
TABLE = {"recognition-procedures.csv", "recognition-procedures.csv-metadata.json"}
SINGLE = {"ontology.ttl", "shapes.ttl", CANONICAL, SUMS, *TABLE}
SESSIONS = [session for session in sessions() if session[0].startswith("sha256sum ")]
BUILD = """
import sys
from pathlib import Path
from iqgraph.dataset import load
from iqgraph.release.release import SUMS, build
from iqgraph.resources import Sources
sys.stdout.buffer.write(build(load(sources=Sources(*map(Path, sys.argv[1:]))))[SUMS])
"""
ELSEWHERE = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Pacific/Chatham", "PYTHONUTF8": "0"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Path:
    """A folder with all files."""
    path = tmp_path_factory.mktemp("release")
    write({path / name: content for name, content in files.items()})
    return path


def with_variants(names: set[str]) -> set[str]:
    """The names with those of the compressed variants."""
    return {f"{name}{ending}" for name in names for ending in ("", ".gz", ".zst")}


def test_files_of_the_release(files: Files, dataset: Dataset) -> None:
    """Others link to these names."""
    graphs = {f"graph/{graph.value.removeprefix(GRAPH.iri)}.ttl" for graph in dataset.graphs()}
    kinds = dataset.subjects(RDF.type, IQ.Document)
    documents = {f"document/{one.value.removeprefix(ID.iri)}.trig" for one in kinds}

    assert files.keys() == with_variants(WHOLE | documents) | graphs | SINGLE
    assert {"document/11-jahre-iq.trig"} <= documents
    assert {"graph/11-jahre-iq/S24.ttl", "graph/links/ror.ttl", "graph/meta.ttl"} <= graphs


def test_checksums(files: Files) -> None:
    """The list holds every file but itself, sorted, with its hash."""
    lines = [line.split("  ") for line in files[SUMS].decode().splitlines()]

    assert [name for _, name in lines] == sorted(files.keys() - {SUMS})
    assert all(sha256(files[name]).hexdigest() == digest == files.checksum(name).digest for digest, name in lines)


@pytest.mark.parametrize("name", sorted({*WHOLE, "document/11-jahre-iq.trig"}))
def test_variants_decompress_to_the_file(files: Files, name: str) -> None:
    """Gzip and Zstandard hold the same bytes."""
    assert gzip.decompress(files[f"{name}.gz"]) == files[name]
    assert zstandard.ZstdDecompressor().decompress(files[f"{name}.zst"]) == files[name]


@pytest.mark.parametrize("data", ["letter", pytest.param("dataset", marks=pytest.mark.sample(0))])
def test_every_build_is_equal(request: pytest.FixtureRequest, data: str) -> None:
    """Another process with another hash seed, locale and time zone makes the same bytes."""
    sources = request.getfixturevalue(data).sources
    folders = [str(getattr(sources, name)) for name in ("ontology", "data", "shapes")]
    command = [sys.executable, "-c", BUILD, *folders]
    process = subprocess.run(command, env={**os.environ, **ELSEWHERE}, capture_output=True, check=True)

    assert process.stdout == build(load(sources=sources))[SUMS] != b""


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_written_files_can_be_checked(folder: Path) -> None:
    """`sha256sum` verifies every file, and the hash of the canonical form."""
    for sums in (SUMS, CANONICAL):
        subprocess.run(["sha256sum", "--check", "--quiet", "--strict", sums], cwd=folder, check=True)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
@pytest.mark.parametrize(("command", "output"), SESSIONS)
def test_written_files_are_checked_as_the_docs_show(folder: Path, command: str, output: str) -> None:
    """The output of `sha256sum` is that on the page."""
    process = subprocess.run(shlex.split(command), cwd=folder, capture_output=True, text=True, check=True)

    assert process.stdout.strip() == output.strip()


def files_that_record(names: list[str]) -> Files:
    """Two files that add their names to the list when they are made."""

    def make(name: str) -> bytes:
        names.append(name)
        return name.encode()

    return Files(Artifact(name, "dataset", partial(make, name), has_variants=True) for name in ("a", "b"))


def test_checksums_of_equal_files_are_known() -> None:
    """No file is made for sizes and hashes that another process has computed."""
    first, names = files_that_record([]), list[str]()
    second, checksums = files_that_record(names), dict[str, Checksum]()
    second.expect(lambda: checksums)
    before = dict(second.available_checksums())
    checksums |= {name: first.checksum(name) for name in first}

    assert (before, second.available_checksums()) == ({}, checksums)
    assert second.checksum("b") == Checksum(1, sha256(b"b").hexdigest())
    assert names == []


def test_only_what_is_asked_for_is_made() -> None:
    """And once; a variant is made from the file."""
    names: list[str] = []
    files = files_that_record(names)
    assert (len(files), "a.gz" in files, "c" in files, names) == (7, True, False, [])

    assert gzip.decompress(files["b.gz"]) == b"b"
    assert files["b"] == b"b"
    assert (names, sorted(files.available_checksums())) == (["b"], ["b", "b.gz"])


def test_plain_rdf_has_dumps_alone(tmp_path: Path) -> None:
    """They hold the statements of the file and no others."""
    files = build(load_plain([put(tmp_path, "a.nt", "<x:a> <x:b> <x:c> .\n")]))

    assert files.keys() == with_variants({name.replace("iq-hessen", "a") for name in WHOLE}) | {SUMS}
    assert files["a.ttl"] == b"<x:a> <x:b> <x:c> .\n"


@pytest.mark.parametrize(
    ("name", "content", "files"),
    [
        ("a.nt", b"<x:a> <x:b> <x:c> .\n", {"a.nt.gz": b"<x:a> <x:b> <x:c> .\n"}),
        (
            "a.nq",
            b"<x:a> <x:b> <x:c> <x:g> .\n",
            {"a.nt.gz": b"<x:a> <x:b> <x:c> .\n", "a.nq.gz": b"<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:c> <x:g> .\n"},
        ),
    ],
)
def test_large_rdf_has_its_lines_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, files: dict[str, bytes]
) -> None:
    """Compressed, since they are too large otherwise; N-Quads only if there are graphs."""
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)
    release = build(load_plain([put(tmp_path, name, content.decode())]))

    assert {file: gzip.decompress(release[file]) for file in release.keys() - {SUMS}} == files
    assert release["a.nt.gz"][4:8] == b"\0\0\0\0"  # no time, so that it is the same each day (RFC 1952, section 2.3.1)
