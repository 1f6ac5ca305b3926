"""The joins of docs/linking.md run unchanged, with stand-ins for external tables and servers."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from loopback import free_port
from repository import ROOT

PAGE = ROOT / "docs/linking.md"
STAND_INS = Path(__file__).parent / "stand-ins"
TEXT = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
OURS = "http://127.0.0.1:8000"
CATALOGUE = "127.0.0.1:7878"
REMOTE = {"https://query.wikidata.org/sparql": "wikidata.ttl"}


class Join(NamedTuple):
    """A program of the page and the output below it."""

    name: str
    program: str
    output: str


BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PROGRAMS = [(body.partition("\n")[0].removeprefix("# "), body) for language, body in BLOCKS if language == "python"]
MODULE = dict(PROGRAMS).get("iq.py", "")
JOINS = [
    Join(body.partition("\n")[0].removeprefix("# "), body, output)
    for (language, body), (following, output) in pairwise(BLOCKS)
    if (language, following) == ("python", "text")
]
COMMANDS = [line.split() for language, body in BLOCKS if language == "sh" for line in body.splitlines()]
ALLOWED = "allowed.py"  # needs a server that may ask another one


@contextmanager
def running(command: list[str], folder: Path | None = None) -> Iterator[str]:
    """Run a server, yield the address that it prints."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        match = re.search(r"http://[\d.:]+\d", line)
        try:
            assert match, line
            yield match[0]
        finally:
            process.terminate()


@contextmanager
def oxigraph(folder: Path, file: str) -> Iterator[str]:
    """The address of an Oxigraph server with a file, started by the commands of the page."""
    folder.mkdir()
    shutil.copy(STAND_INS / file, folder)
    bind = f"127.0.0.1:{free_port()}"
    here = {CATALOGUE: bind, "govdata.ttl": file}
    load, serve = ([here.get(word, word) for word in command] for command in COMMANDS[:2])
    program = str(Path(sys.executable).with_name(load[0]))
    subprocess.run([program, *load[1:]], cwd=folder, check=True, capture_output=True)
    with running([program, *serve[1:]], folder):
        yield bind


@pytest.fixture(scope="module")
def addresses(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the stand-ins by address on the page."""
    folder = tmp_path_factory.mktemp("engines")
    with ExitStack() as stack:
        bind = stack.enter_context(oxigraph(folder / "govdata", "govdata.ttl"))
        remote = {
            page: f"http://{stack.enter_context(oxigraph(folder / Path(file).stem, file))}/query"
            for page, file in REMOTE.items()
        }
        yield {OURS: server_url, CATALOGUE: bind, **remote}


def run(join: Join, addresses: dict[str, str], folder: Path) -> str:
    """The output of a program in a folder with the stand-ins."""
    for file in STAND_INS.iterdir():
        shutil.copy(file, folder)
    for name, text in (("iq.py", MODULE), (join.name, join.program)):
        for page, here in addresses.items():
            text = text.replace(page, here)  # noqa: PLW2901 - the text becomes the program
        (folder / name).write_text(text, encoding="utf-8")
    process = subprocess.run(
        [sys.executable, join.name], cwd=folder, capture_output=True, check=False, env=os.environ | {"PYTHONUTF8": "1"}
    )
    assert process.returncode == 0, process.stderr.decode()
    return process.stdout.decode()


def rows(text: str) -> list[list[str]]:
    """The rows of a printed table."""
    return [row for row in csv.reader(text.splitlines()) if row]


@pytest.mark.sample(3)
@pytest.mark.parametrize("join", [join for join in JOINS if join.name != ALLOWED], ids=lambda join: str(join.name))
def test_a_join_gives_the_rows_of_the_page(join: Join, addresses: dict[str, str], tmp_path: Path) -> None:
    """The program of the page, with other addresses, prints the table of the page."""
    assert rows(run(join, addresses, tmp_path)) == rows(join.output)


@pytest.mark.sample(0)  # it needs a server of its own
def test_a_join_from_our_endpoint(addresses: dict[str, str], tmp_path: Path) -> None:
    """A server with the SERVICE permission joins with another engine, started by the command of the page."""
    join = next(one for one in JOINS if one.name == ALLOWED)
    program, *arguments = (word.replace(CATALOGUE, addresses[CATALOGUE]) for word in COMMANDS[2])
    command = [sys.executable, "-m", program, *arguments, "--port", "0"]

    with running(command) as ours:
        assert rows(run(join, addresses | {OURS: ours}, tmp_path)) == rows(join.output)


def test_keys_read_as_numbers_join_with_nothing(addresses: dict[str, str], tmp_path: Path) -> None:
    """The first trap of the page is real: if keys are read as numbers, the district does not match."""
    join = next(one for one in JOINS if one.name == "foreigners.py")
    careless = join._replace(program=join.program.replace('sep=";", dtype=str', 'sep=";", dtype={"value": str}'))
    careless = careless._replace(program=careless.program.replace("seat.merge(table", "seat.merge(table.astype(str)"))

    assert careless.program.count("dtype=str") == 0
    assert len(rows(run(careless, addresses, tmp_path))) == 1


def test_there_are_joins_for_every_source() -> None:
    """There are at least six sources; each names location, licence, columns and traps."""
    sections = re.findall(r"^## \d\. .*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL)

    assert len(sections) == len(JOINS) - 1 >= 6
    for section in sections:
        assert re.findall(r"^- \*\*(\w+)\.\*\*", section, re.MULTILINE) == ["Where", "Licence", "Columns", "Traps"]


def test_every_program_of_the_page_is_run() -> None:
    """All Python of the page is tested."""
    assert [name for name, _ in PROGRAMS] == ["iq.py", *(join.name for join in JOINS)]


def test_stand_ins_are_marked() -> None:
    """The README beside the stand-ins lists each file as invented."""
    text = (STAND_INS / "README.md").read_text(encoding="utf-8")
    files = {file.name for file in STAND_INS.iterdir()} - {"README.md"}

    assert "is invented" in text
    assert set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)) == files
