"""Damaged stores: one sentence names the damage, and no wrong answer is served."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iqgraph.cli import main
from iqgraph.dataset.storage import CONTENT, DATASET, MARKER, PART, open_or_load
from victim import COUNT, Say, record, statements, victim

AGAIN = "empty the folder to load it again."


def tables(folder: Path) -> list[Path]:
    """The files of the tables, the largest first."""
    return sorted((folder / DATASET / CONTENT).glob("*.sst"), key=lambda path: -path.stat().st_size)


def file_of(folder: Path, pattern: str) -> Path:
    """The only file that matches a pattern."""
    (file,) = (folder / DATASET / CONTENT).glob(pattern)
    return file


def marker(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """A damage that changes the content of the marker."""

    def damage(folder: Path) -> None:
        path = folder / DATASET / MARKER
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return damage


def interrupt_load(folder: Path) -> None:
    """Leave what a killed load leaves."""
    (folder / DATASET).rename(folder / PART)


def replace_by_dangling_link(folder: Path) -> None:
    """Replace the folder by a dangling link."""
    shutil.rmtree(folder)
    folder.symlink_to(folder.parent / "nowhere")


def replace_by_file(folder: Path) -> None:
    """Replace the folder by a file."""
    shutil.rmtree(folder)
    folder.write_text("")


def spoil(path: Path) -> None:
    """Change bytes in the middle of a file."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20] = bytes(one ^ 0xFF for one in content[middle : middle + 20])
    path.write_bytes(content)


CASES: dict[str, tuple[Callable[[Path], object], str]] = {
    "store without its marker": (
        lambda f: (f / DATASET / MARKER).unlink(),
        rf"damaged or of .*; {AGAIN}",
    ),
    "marker that is no JSON": (
        lambda f: (f / DATASET / MARKER).write_text("{"),
        rf"damaged or of .*; {AGAIN}",
    ),
    "marker that is something else": (lambda f: (f / DATASET / MARKER).write_text("[]"), rf"damaged or of .*; {AGAIN}"),
    "marker without the files": (marker(lambda m: m.pop("files")), rf"damaged or of .*; {AGAIN}"),
    "store of another version": (marker(lambda m: m.update(format=0)), rf"of another version; {AGAIN}"),
    "store half loaded": (interrupt_load, "there is no store yet; name the files to load into it."),
    "store without its content": (lambda f: shutil.rmtree(f / DATASET / CONTENT), rf"cannot be read: .+; {AGAIN}"),
    "store without CURRENT": (lambda f: file_of(f, "CURRENT").unlink(), rf"cannot be read: No such file.*; {AGAIN}"),
    "store without MANIFEST": (lambda f: file_of(f, "MANIFEST*").unlink(), rf"cannot be read: No such file.*; {AGAIN}"),
    "MANIFEST spoilt": (lambda f: file_of(f, "MANIFEST*").write_bytes(b"x" * 500), rf"cannot be read: Corr.*; {AGAIN}"),
    "table missing": (lambda f: tables(f)[0].unlink(), rf"cannot be read: .+; {AGAIN}"),
    "table truncated": (lambda f: os.truncate(tables(f)[0], 100), rf"cannot be read: Corr.+; {AGAIN}"),
    "table empty": (lambda f: os.truncate(tables(f)[-1], 0), rf"cannot be read: Corr.+; {AGAIN}"),
    "tables spoilt": (lambda f: [*map(spoil, tables(f))], rf"cannot be read: Corr.+; {AGAIN}"),
    "folder that is a link to nowhere": (
        replace_by_dangling_link,
        "there is no store yet; name the files to load into it.",
    ),
    "folder that is a file": (replace_by_file, r"Not a directory\."),
    "folder of something else": (
        lambda f: (f / DATASET).rename(f / "letters"),
        "not one of our stores; choose another one.",
    ),
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An intact store."""
    folder = tmp_path / "store"
    assert open_or_load(folder, [statements(tmp_path)]).statements == 300
    return folder


@pytest.mark.parametrize("case", CASES)
def test_stores(case: str, store: Path, capsys: pytest.CaptureFixture[str], record_property: Say) -> None:
    """A damaged store is not served: exit code 2, and one sentence that says what to do."""
    damage, says = CASES[case]
    damage(store)
    code = main(["serve", "--port", "0", "--store", str(store)])
    error = capsys.readouterr().err
    record(record_property, error.removeprefix("iqgraph: ").replace(f"{store}: ", "").strip(), "nothing")

    assert code == 2
    assert re.fullmatch(rf"iqgraph: [^\n]*{says}\n", error), error


def replace_by_link(folder: Path) -> None:
    """Move the folder and replace it by a link."""
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to(folder.parent / "elsewhere")


def make_read_only(folder: Path) -> None:
    """Remove all write permissions."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replace_by_link, id="folder that is a link to the store"),
        pytest.param(make_read_only, id="folder without the right to write"),
        pytest.param(lambda f: file_of(f, "LOCK").unlink(), id="store without LOCK"),
    ],
)
def test_harmless(change: Callable[[Path], object], store: Path, tmp_path: Path, record_property: Say) -> None:
    """Changes that do not affect reading are harmless."""
    change(store)
    with victim(tmp_path, "--store", store) as it:
        seconds = it.recovers()
    record(record_property, "200", "nothing", seconds)


@pytest.mark.parametrize("_", ["table spoilt while it is served"])
def test_damage_in_service(_: str, tmp_path: Path, record_property: Say) -> None:
    """Damage during service leads to an error or a timeout, never to a wrong answer."""
    lines = "".join(f'<http://x/s{n}> <http://x/p> "text {n} {n * n % 9973}" .\n' for n in range(60_000))
    (tmp_path / "large.nt").write_text(lines)
    with victim(tmp_path, "--timeout", "2", "--store", tmp_path / "large", tmp_path / "large.nt") as it:
        for table in tables(tmp_path / "large"):
            if table.stat().st_size > 1 << 20:
                content = bytearray(table.read_bytes())
                for at in range(len(content) // 8, len(content) // 2, 1 << 12):
                    content[at] ^= 0xFF
                table.write_bytes(content)
        replies = [it.ask(COUNT), it.ask("SELECT * { ?s ?p ?o }"), it.ask("SELECT ?s { ?s ?p 'text 7 49' }")]
        log = it.told()
    record(record_property, ", ".join(map(str, replies)), "what is spoilt, until the store is loaded again")

    assert {reply.status for reply in replies} <= {200, 422, 500}
    assert replies[0].status != 200
    assert replies[1].status == 500
    assert "The fault is not in the query" in replies[1].text
    assert "The store cannot be read: Corruption" in log
