"""The way of a query: the files that a reader opens who follows it from the socket to the answer."""

import mmap
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from loopback import get, launched
from map_code import HEADING, PACKAGE
from repository import ROOT

MAX_FILES = 12
TIMES = range(2, 6)
# What is no step of the way: names of things, and the texts of both languages.
NAMES = {"bilingual", "formats", "settings", "terms"}
INTERFACE, POOL, WORKER = "engine/interface", "engine/workers/pool", "engine/workers/worker"
# Marks each file of the package in shared memory when a function of it begins, in this process and all that it forks.
TRACED = """
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
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """For each kind of query the modules that it passes when it is asked for the first time.

    A query of the same kind was asked before, so that nothing is on the way that happens once. There is one worker, so
    that no other is made meanwhile. The data has a named graph, so that answers have evidence, as those of
    the bundled graph do; it is small, so its files are soon made. What happens by the clock, such as a sign of life, is
    not there each time.
    """
    files = sorted(PACKAGE.rglob("*.py"))
    marks, data = (tmp_path_factory.mktemp("way") / name for name in ("marks", "data.nq"))
    marks.write_bytes(bytes(len(files)))
    data.write_text('<http://a.example/a> <http://www.w3.org/2000/01/rdf-schema#label> "a" <http://a.example/g> .\n')
    options = ["serve", "--port", "0", "--workers", "1", str(data)]
    with marks.open("r+b") as file, mmap.mmap(file.fileno(), 0) as seen:

        def passed(root: str, text: str) -> set[str]:
            seen[:] = bytes(len(files))
            assert get(f"{root}/sparql?query={quote(text)}", "application/sparql-results+json")[0] == 200
            return {name_of(files[place]) for place, mark in enumerate(seen[:]) if mark}

        with launched("-c", TRACED, PACKAGE, marks, *options) as (_, root):
            for text in QUERIES.values():
                passed(root, text.format(1))
            return {
                kind: set.intersection(*(passed(root, text.format(n)) for n in TIMES)) - NAMES
                for kind, text in QUERIES.items()
            }


def name_of(file: Path) -> str:
    """The path of a module within the package."""
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


def told() -> list[str]:
    """The modules that the page about the code names on the way."""
    text = (ROOT / "docs/code.md").read_text(encoding="utf-8").partition(HEADING)[0]
    way = text[text.index("## A query on its way") : text.index("## The processes")]
    return re.findall(r"^\| `([\w/]+)`", way, re.MULTILINE)


def test_a_query_passes_few_files(ways: dict[str, set[str]]) -> None:
    """From the socket to the answer, in the server and in the worker."""
    assert len(ways["query"]) <= MAX_FILES, " ".join(sorted(ways["query"]))


def test_the_page_about_the_code_tells_the_way(ways: dict[str, set[str]]) -> None:
    """It names each file that a query passes, and none besides."""
    assert set(told()) == ways["query"]


def test_a_lookup_leaves_out_the_worker(ways: dict[str, set[str]]) -> None:
    """It passes no other file that the query does not pass; the interface only adds up what the lookup has cost."""
    assert ways["lookup"] - {INTERFACE} < ways["query"] - {POOL, WORKER}
