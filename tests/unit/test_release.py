"""The release: one list of files, each made when asked for, equal for equal data."""

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
from iqgraph.release.release import SUMS, Figures, Files, build
from iqgraph.terms import GRAPH, ID, IQ, RDF
from iqgraph.writing import write
from test_docs import sessions
from tiny import put

WHOLE = {f"iq-hessen.{extension}" for extension in ("ttl", "nt", "trig", "nq", "jsonld", "rdf")}
TABLE = {"recognition-procedures.csv", "recognition-procedures.csv-metadata.json"}
SINGLE = {"ontology.ttl", "shapes.ttl", CANONICAL, SUMS, *TABLE}
SHOWN = [session for session in sessions() if session[0].startswith("sha256sum ")]
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
def written(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Path:
    """A folder with all files."""
    folder = tmp_path_factory.mktemp("release")
    write({folder / name: content for name, content in files.items()})
    return folder


def packed(names: set[str]) -> set[str]:
    """The names with those of the packed forms."""
    return {f"{name}{ending}" for name in names for ending in ("", ".gz", ".zst")}


def test_files_of_the_release(files: Files, dataset: Dataset) -> None:
    """The names that others link to."""
    graphs = {f"graph/{graph.value.removeprefix(GRAPH.iri)}.ttl" for graph in dataset.graphs()}
    kinds = dataset.subjects(RDF.type, IQ.Document)
    documents = {f"document/{one.value.removeprefix(ID.iri)}.trig" for one in kinds}

    assert files.keys() == packed(WHOLE | documents) | graphs | SINGLE
    assert {"document/11-jahre-iq.trig"} <= documents
    assert {"graph/11-jahre-iq/S24.ttl", "graph/links/ror.ttl", "graph/meta.ttl"} <= graphs


def test_checksums_fit(files: Files) -> None:
    """Every file but the list itself is in the list, sorted."""
    lines = [line.split("  ") for line in files[SUMS].decode().splitlines()]

    assert [name for _, name in lines] == sorted(files.keys() - {SUMS})
    assert all(sha256(files[name]).hexdigest() == digest == files.digest(name) for digest, name in lines)


@pytest.mark.parametrize("name", sorted({*WHOLE, "document/11-jahre-iq.trig"}))
def test_packed_file_is_the_file(files: Files, name: str) -> None:
    """Both packed forms hold the same bytes."""
    assert gzip.decompress(files[f"{name}.gz"]) == files[name]
    assert zstandard.ZstdDecompressor().decompress(files[f"{name}.zst"]) == files[name]


@pytest.mark.parametrize("data", ["letter", pytest.param("dataset", marks=pytest.mark.sample(0))])
def test_every_build_is_equal(request: pytest.FixtureRequest, data: str) -> None:
    """Another process with another hash seed, locale and time zone makes the same bytes."""
    sources = request.getfixturevalue(data).sources
    folders = [str(getattr(sources, name)) for name in ("ontology", "data", "shapes")]
    command = [sys.executable, "-c", BUILD, *folders]
    told = subprocess.run(command, env={**os.environ, **ELSEWHERE}, capture_output=True, check=True)

    assert told.stdout == build(load(sources=sources))[SUMS] != b""


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_written_files_can_be_checked(written: Path) -> None:
    """`sha256sum` finds every file, and the hash of the canonical form."""
    for sums in (SUMS, CANONICAL):
        subprocess.run(["sha256sum", "--check", "--quiet", "--strict", sums], cwd=written, check=True)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_written_files_are_checked_as_the_docs_show(written: Path, command: str, output: str) -> None:
    """What a page says that `sha256sum` answers, it answers."""
    done = subprocess.run(shlex.split(command), cwd=written, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == output.strip()


def counted(made: list[str]) -> Files:
    """Two files that say when they are made."""

    def make(name: str) -> bytes:
        made.append(name)
        return name.encode()

    return Files(Artifact(name, "dataset", partial(make, name), has_variants=True) for name in ("a", "b"))


def test_figures_of_equal_files_are_known() -> None:
    """Sizes and hashes that somebody else finds out cost no file, from then on."""
    first, made = counted([]), list[str]()
    second, found = counted(made), dict[str, Figures]()
    second.expect(lambda: found)
    before = dict(second.available_figures())
    found |= {name: first.figures(name) for name in first}

    assert (before, second.available_figures()) == ({}, found)
    assert second.figures("b") == Figures(1, sha256(b"b").hexdigest())
    assert made == []


def test_only_what_is_asked_for_is_made() -> None:
    """And once; a packed file is made from the other."""
    made: list[str] = []
    files = counted(made)
    assert (len(files), "a.gz" in files, "c" in files, made) == (7, True, False, [])

    assert gzip.decompress(files["b.gz"]) == b"b"
    assert files["b"] == b"b"
    assert (made, sorted(files.available_figures())) == (["b"], ["b", "b.gz"])


def test_rdf_of_anybody_has_dumps_alone(tmp_path: Path) -> None:
    """Nothing is said of it that its owner did not say."""
    files = build(load_plain([put(tmp_path, "a.nt", "<x:a> <x:b> <x:c> .\n")]))

    assert files.keys() == packed({name.replace("iq-hessen", "a") for name in WHOLE}) | {SUMS}
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
    """Packed, since nobody could hold it otherwise; with graphs only where there are any."""
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)
    built = build(load_plain([put(tmp_path, name, content.decode())]))

    assert {file: gzip.decompress(built[file]) for file in built.keys() - {SUMS}} == files
    assert built["a.nt.gz"][4:8] == b"\0\0\0\0"  # no time, so that it is the same each day (RFC 1952, section 2.3.1)
