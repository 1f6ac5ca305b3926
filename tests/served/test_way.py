"""The modules that a query passes from the socket to the answer, and those that make the page of a thing."""

import mmap
import re
import sys
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.release.release import Files
from iqgraph.web import create_app
from loopback import get, launched
from map_code import HEADING, PACKAGE
from repository import ROOT

MAX_FILES, MAX_PAGE_FILES = 12, 15
TIMES = range(2, 6)
# Constants, settings and texts are no step of the way.
NAMES = {"bilingual", "formats", "settings", "terms"}
# Nor is writing a term as text a step of a page, nor what another page with several formats passes too.
TEXTS = {"web/http/language", "serialisation", "serialisation/turtle"}
VIEWS = "web/views"
INTERFACE, POOL, WORKER = "engine/interface", "engine/workers/pool", "engine/workers/worker"
# Marks each file of the package in shared memory when a function of it begins, in this process and all that it forks.
TRACER = """
import mmap, sys, threading
from pathlib import Path
import iqgraph.cli, iqgraph.service.serving
package, marks, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
files = {str(file): place for place, file in enumerate(sorted(Path(package).rglob("*.py")))}
opened = open(marks, "r+b")
seen = mmap.mmap(opened.fileno(), 0)
def begin(frame, event, _):
    if event == "call":
        place = files.get(frame.f_code.co_filename)
        if place is not None:
            seen[place] = 1
sys.setprofile(begin)
threading.setprofile(begin)
sys.argv = ["iqgraph", *arguments]
raise SystemExit(iqgraph.cli.main())
"""
QUERIES = {
    "query": "SELECT ?s ?o WHERE {{ ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o }} ORDER BY ?o LIMIT {}",
    "lookup": "SELECT ?p ?o WHERE {{ <http://a.example/a> ?p ?o }} LIMIT {}",
}


@pytest.fixture(scope="module")
def modules_by_kind(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The modules that an uncached query of each kind passes.

    A query of the same kind runs before, so that one-off work is not traced. There is one worker, so that no other is
    started meanwhile. The small data has a named graph, so that answers have evidence like those of the bundled graph.
    Periodic work, such as heartbeats, is left out, since it is not in every trace.
    """
    files = sorted(PACKAGE.rglob("*.py"))
    marks, data = (tmp_path_factory.mktemp("way") / name for name in ("marks", "data.nq"))
    marks.write_bytes(bytes(len(files)))
    data.write_text('<http://a.example/a> <http://www.w3.org/2000/01/rdf-schema#label> "a" <http://a.example/g> .\n')
    options = ["serve", "--port", "0", "--workers", "1", str(data)]
    with marks.open("r+b") as file, mmap.mmap(file.fileno(), 0) as flags:

        def trace(root: str, text: str) -> set[str]:
            flags[:] = bytes(len(files))
            assert get(f"{root}/sparql?query={quote(text)}", "application/sparql-results+json")[0] == 200
            return {name_of(files[place]) for place, mark in enumerate(flags[:]) if mark}

        with launched("-c", TRACER, PACKAGE, marks, *options) as (_, root):
            for text in QUERIES.values():
                trace(root, text.format(1))
            return {
                kind: set.intersection(*(trace(root, text.format(n)) for n in TIMES)) - NAMES
                for kind, text in QUERIES.items()
            }


def name_of(file: Path) -> str:
    """The path of a module in the package."""
    return file.relative_to(PACKAGE).with_suffix("").as_posix().removesuffix("/__init__")


def modules_on_the_page(start: str, end: str) -> list[str]:
    """The modules in a table of docs/code.md, which stands between two headings."""
    text = (ROOT / "docs/code.md").read_text(encoding="utf-8").partition(HEADING)[0]
    way = text[text.index(f"## {start}") : text.index(f"## {end}")]
    return re.findall(r"^\| `([\w/]+)`", way, re.MULTILINE)


def test_a_query_passes_few_files(modules_by_kind: dict[str, set[str]]) -> None:
    """From the socket to the answer, in server and worker together."""
    assert len(modules_by_kind["query"]) <= MAX_FILES, " ".join(sorted(modules_by_kind["query"]))


def test_the_page_about_the_code_names_the_modules(modules_by_kind: dict[str, set[str]]) -> None:
    """The page names exactly the modules that a query passes."""
    assert set(modules_on_the_page("A query on its way", "The processes")) == modules_by_kind["query"]


def test_a_lookup_leaves_out_the_worker(modules_by_kind: dict[str, set[str]]) -> None:
    """A lookup passes only modules of the query, and the interface, which adds up its cost."""
    assert modules_by_kind["lookup"] - {INTERFACE} < modules_by_kind["query"] - {POOL, WORKER}


def modules_of_page(client: FlaskClient, path: str) -> set[str]:
    """The modules of which a function begins while a page is made."""
    files: set[Path] = set()

    def begin(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            files.add(Path(frame.f_code.co_filename))

    sys.setprofile(begin)
    try:
        assert client.get(path).status_code == 200
    finally:
        sys.setprofile(None)
    return {name_of(file) for file in files if file.is_relative_to(PACKAGE) and file.suffix == ".py"} - NAMES - TEXTS


def test_a_page_of_a_thing_is_read_through_few_files(dataset: Dataset, files: Files) -> None:
    """The page about the code names exactly these: what such a page passes and the page of the catalogue does not.

    The links and marks of `views` count nevertheless. Pages of both kinds are made before, so that one-off work is not
    traced; that of the thing is made only then.
    """
    client = create_app(dataset, files=files).test_client()
    modules_of_page(client, "/id/bamf.html")
    modules_of_page(client, "/catalog.html")
    own = modules_of_page(client, "/id/involas.html") - (modules_of_page(client, "/catalog.html") - {VIEWS})

    assert len(own) <= MAX_PAGE_FILES, " ".join(sorted(own))
    assert own == set(modules_on_the_page("A thing on its page", "Guides and interfaces"))
