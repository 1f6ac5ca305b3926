"""The commands for authors, who write the statements of a document: add, label, check, status."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from ..authoring import checking
from ..authoring.adding import FILE, LANGUAGES, NAME, Origin, is_edited, make
from ..authoring.folder import DocumentFolder, changes, read_text
from ..authoring.labelling import write_concepts, write_labels
from ..bilingual import Language, Text
from ..dataset import Dataset, load
from ..dataset.passages import Table
from ..errors import CallError, DatasetError
from ..resources import PASSAGES, packaged
from ..service.checking import inspect
from ..writing import write
from .terminal import DATA_WRONG, exit_code, language_option
from .terminal import FILE as PATH

MAX_EXCERPT_CHARS = 30


@click.group(no_args_is_help=False)
def document() -> None:
    """Write the statements of a document."""


@document.command()
@click.argument("file", metavar="FILE", type=PATH, help="The text, in UTF-8.")
@click.option("--name", required=True, help="Its name in IRIs: lower-case letters, digits, hyphens.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), required=True, help="The language of the text.")
@click.option("--title", required=True, help="Its title, in its language.")
@click.option("--source", metavar="URL", required=True, help="The URL of the document.")
@click.option("--split", metavar="WORDS", multiple=True, help="Start a passage where these words begin, too.")
@click.option("--join", metavar="WORDS", multiple=True, help="Start no passage there.")
def add(file: Path, split: tuple[str, ...], join: tuple[str, ...], **origin: str) -> None:
    """Create the folder of a document from its text, and list its passages."""
    folder = packaged().data / origin["name"]
    exists = NAME.fullmatch(origin["name"]) and folder.exists()  # make() reports an invalid name
    if exists and (not (folder / PASSAGES).exists() or is_edited(DocumentFolder(folder.parent, folder.name))):
        raise CallError(
            de=f"--name {folder.name}: Diesen Ordner gibt es schon, und er ist nicht leer; wählen Sie einen anderen.",
            en=f"--name {folder.name}: this folder already exists and is not empty; choose another one.",
        )
    text = read_text(file)
    files = make(load(), text, Origin(**origin), split, join)
    write({folder / name: content.encode() for name, content in files.items()})
    print("\n".join(_passage_lines(text, DocumentFolder(folder.parent, folder.name).table())))
    print(folder / FILE)


def _passage_lines(text: str, table: Table) -> Iterator[str]:
    """Yield a line for each passage: name, offset, kind, and how its text begins and ends."""
    for passage in table.passages:
        excerpt = " ".join(text[passage.start : passage.end].split())
        if len(excerpt) > 2 * MAX_EXCERPT_CHARS:
            excerpt = f"{excerpt[:MAX_EXCERPT_CHARS]} … {excerpt[-MAX_EXCERPT_CHARS:]}"
        yield f"{passage.name}  {passage.start:>6}  {passage.kind:8}  {excerpt}"


@document.command("label")
@click.argument("name", help="The name of the document.")
def label_things(name: str) -> None:
    """Write TODO for what new things and concepts lack: below their first passages, and into the files of schemes."""
    dataset, folder = load(), DocumentFolder(packaged().data, name)
    for place, names in (write_labels(dataset, folder) | write_concepts(dataset, folder)).items():
        print(f"{place}  {', '.join(names)}")


@document.command()
@click.argument("name", help="The name of the document.")
@click.option("--watch", is_flag=True, help="Check again whenever one of its files changes.")
@language_option
def check(name: str, language: Language, *, watch: bool) -> int:
    """Validate the graph, and list by passage what is wrong with a document."""
    folder, code = DocumentFolder(packaged().data, name).path, DATA_WRONG
    for number, _ in enumerate(changes(folder)):
        if number:
            click.clear()
        try:
            code = _print_complaints(DocumentFolder(folder.parent, name), language)
        except (CallError, DatasetError) as error:  # the author may correct a file that cannot be read
            print(error.text.say(language), flush=True)
        if not watch:
            break
    return code


@document.command()
@click.argument("name", help="The name of the document.")
@language_option
def status(name: str, language: Language) -> None:
    """Show how far each passage is, and what to do next."""
    draft, dataset = DocumentFolder(packaged().data, name), load()
    lines = checking.lines(dataset, draft, complaints(draft, dataset), language)
    print("\n".join(checking.progress(dataset, draft, list(chain.from_iterable(lines.values())), language)))


def _print_complaints(draft: DocumentFolder, language: Language) -> int:
    """Print what is wrong, by passage; return the exit code."""
    dataset = load()
    errors = complaints(draft, dataset)
    valid = Text(de=f"{draft.name}: gültig.", en=f"{draft.name}: valid.")
    for head, lines in (checking.lines(dataset, draft, errors, language) or {valid.say(language): []}).items():
        print("\n  ".join([head, *lines]), flush=True)
    return exit_code([complaint.finding for complaint in errors])


def complaints(written: DocumentFolder, dataset: Dataset | None = None) -> list[checking.Complaint]:
    """Return what is wrong with a document, or elsewhere because of it."""
    dataset = dataset or load()
    return checking.complaints(dataset, written, inspect(dataset))
