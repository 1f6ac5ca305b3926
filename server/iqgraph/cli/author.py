"""The commands for those who write the statements of a document: add, label, check, status."""

from collections.abc import Iterator
from pathlib import Path

import click

from ..authoring import checking
from ..authoring.adding import FILE, LANGUAGES, NAME, Origin, is_begun, make
from ..authoring.progress import progress
from ..authoring.written import Written, changes, label, read_text
from ..bilingual import Language, Text
from ..dataset import Dataset, load
from ..dataset.passages import Table
from ..errors import CallError, DatasetError
from ..resources import PASSAGES, packaged
from ..service.checking import inspect
from ..writing import write
from .terminal import DATA_WRONG, exit_code, language_option
from .terminal import FILE as PATH

MAX_SHOWN_CHARS = 30


@click.group(no_args_is_help=False)
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
    folder = packaged().folder / origin["name"]
    is_new = not NAME.fullmatch(origin["name"]) or not folder.exists()  # of a name that is none make() tells
    if not is_new and (not (folder / PASSAGES).exists() or is_begun(Written(folder.parent, folder.name))):
        raise CallError(
            de=f"--name {folder.name}: Diesen Ordner gibt es schon, und es steht etwas darin; nennen Sie einen andern.",
            en=f"--name {folder.name}: this folder is there already, with something written in it; name another one.",
        )
    text = read_text(file)
    files = make(load(), text, Origin(**origin), split, join)
    write({folder / name: content.encode() for name, content in files.items()})
    print("\n".join(_cuts(text, Written(folder.parent, folder.name).table())))
    print(folder / FILE)


def _cuts(text: str, table: Table) -> Iterator[str]:
    """A line for each passage: where it begins, what it is, and how it begins and ends."""
    for one in table.passages:
        words = " ".join(text[one.start : one.end].split())
        if len(words) > 2 * MAX_SHOWN_CHARS:
            words = f"{words[:MAX_SHOWN_CHARS]} … {words[-MAX_SHOWN_CHARS:]}"
        yield f"{one.name}  {one.start:>6}  {one.kind:8}  {words}"


@document.command("label")
@click.argument("name", help="What the document is called.")
def label_things(name: str) -> None:
    """Write TODO for each label and description that a new thing lacks, below the passage that describes it."""
    for passage, things in label(load(), Written(packaged().folder, name)).items():
        print(f"{passage}  {', '.join(things)}")


@document.command()
@click.argument("name", help="What the document is called.")
@click.option("--watch", is_flag=True, help="Check again whenever a file of it changes.")
@language_option
def check(name: str, language: Language, *, watch: bool) -> int:
    """Validate the graph, and tell by passage what is wrong with a document."""
    folder, code = Written(packaged().folder, name).folder, DATA_WRONG
    for number, _ in enumerate(changes(folder)):
        if number:
            click.clear()
        try:
            code = _tell(Written(folder.parent, name), language)
        except (CallError, DatasetError) as error:  # the next change may mend what cannot even be read
            print(error.text.say(language), flush=True)
        if not watch:
            break
    return code


@document.command()
@click.argument("name", help="What the document is called.")
@language_option
def status(name: str, language: Language) -> None:
    """Show how far each passage is, and what to do next."""
    written, dataset = Written(packaged().folder, name), load()
    told = checking.lines(dataset, written, complaints(written, dataset), language)
    print("\n".join(progress(dataset, written, [line for lines in told.values() for line in lines], language)))


def _tell(written: Written, language: Language) -> int:
    """Print by passage what is wrong; the exit code."""
    dataset = load()
    found = complaints(written, dataset)
    valid = Text(de=f"{written.name}: gültig.", en=f"{written.name}: valid.")
    for head, lines in (checking.lines(dataset, written, found, language) or {valid.say(language): []}).items():
        print("\n  ".join([head, *lines]), flush=True)
    return exit_code([one.finding for one in found])


def complaints(written: Written, dataset: Dataset | None = None) -> list[checking.Complaint]:
    """What is wrong with a document, or with what others say because of it."""
    dataset = dataset or load()
    return checking.complaints(dataset, written, inspect(dataset))
