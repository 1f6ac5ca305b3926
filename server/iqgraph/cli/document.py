"""The commands for those who write the statements of a document: add, check, status."""

from pathlib import Path

import click

from ..authoring.adding import FILE, LANGUAGES, Origin, is_begun, make
from ..authoring.texts import read_text
from ..dataset import load
from ..dataset.passages import Table, read_table
from ..errors import CallError
from ..resources import PASSAGES, File, packaged
from ..writing import write
from .terminal import FILE as PATH

MAX_SHOWN_CHARS = 30


@click.group()
def document() -> None:
    """Write the statements of a document."""


@document.command()
@click.argument("file", metavar="FILE", type=PATH, help="The text, in UTF-8.")
@click.option("--name", required=True, help="What it is called in IRIs: small letters, digits, hyphens.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), required=True, help="In which language it is.")
@click.option("--title", required=True, help="Its title, in its language.")
@click.option("--source", metavar="URL", required=True, help="Where it can be read.")
@click.option("--split", metavar="OFFSET", type=int, multiple=True, help="Let a passage begin here as well.")
@click.option("--join", metavar="OFFSET", type=int, multiple=True, help="Let no passage begin here.")
def add(file: Path, split: tuple[int, ...], join: tuple[int, ...], **origin: str) -> None:
    """Make the folder of a document from its text, and show where it is cut."""
    folder = _data() / origin["name"]
    if folder.exists() and is_begun(folder):
        raise CallError(
            de=f"--name {folder.name}: Diesen Ordner gibt es schon, und es steht etwas darin; nennen Sie einen andern.",
            en=f"--name {folder.name}: this folder is there already, with something written in it; name another one.",
        )
    text = read_text(file)
    files = make(load(), text, Origin(**origin), split, join)
    write({folder / name: content.encode() for name, content in files.items()})
    print("\n".join(_cuts(text, _table(folder))))
    print(folder / FILE)


def _data() -> Path:
    """The folder of the data."""
    data = packaged().data
    if not isinstance(data, Path):
        raise CallError(
            de="Die Daten liegen in keinem Ordner, also lässt sich nichts hineinschreiben.",
            en="The data does not lie in a folder, so nothing can be written there.",
        )
    return data


def _table(folder: Path) -> Table:
    return read_table(File(f"data/{folder.name}/{PASSAGES}", folder / PASSAGES))


def _cuts(text: str, table: Table) -> list[str]:
    """A line for each passage: where it begins, what it is, and how it begins and ends."""
    shown = {one.name: " ".join(text[one.start : one.end].split()) for one in table.passages}
    short = {
        name: words if len(words) <= 2 * MAX_SHOWN_CHARS else f"{words[:MAX_SHOWN_CHARS]} … {words[-MAX_SHOWN_CHARS:]}"
        for name, words in shown.items()
    }
    return [f"{one.name}  {one.start:>6}  {one.kind:8}  {short[one.name]}" for one in table.passages]
