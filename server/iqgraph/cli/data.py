"""The commands that look into the data without a server: query, validate, verify, seal."""

import sys
from pathlib import Path

import click

from ..dataset import load
from ..engine import Embedded, Query
from ..engine.renamed import with_current_iris
from ..formats import FORMATS
from ..service.checking import Check
from ..validation.document import verify as verify_document
from ..validation.evidence import examine
from ..validation.findings import Language, report
from ..validation.seals import seal as renew_seals
from ..writing import write_fully
from .terminal import FILE, exit_code, ignoring_closed_pipe, language_option, print_findings

KNOWN = [form.extension for form in FORMATS]


@click.command()
@click.argument("text", metavar="[QUERY]", required=False, help="The query itself.")
@click.option("-f", "--file", metavar="FILE", help="A file with the query; - is standard input.")
@click.option("--format", "wanted", type=click.Choice(KNOWN), help="tsv for SELECT and ASK, else ttl, if not given.")
def query(text: str | None, file: str | None, wanted: str | None) -> None:
    """Answer a SPARQL query."""
    asked = Query(with_current_iris(_query_text(text, file)))
    wanted = wanted or ("ttl" if asked.form in ("CONSTRUCT", "DESCRIBE") else "tsv")
    form = next((form for form in asked.formats if form.extension == wanted), None)
    if form is None:
        known = ", ".join(form.extension for form in asked.formats)
        raise click.UsageError(f"The answer to {asked.form} cannot be written as {wanted}; known are {known}.")
    dataset = load()
    answer = Embedded(dataset.store, dataset.prefixes).answer(asked, form)
    # JSON and the answers to ASK end without a line break, and the prompt of a terminal would stand behind them.
    write_fully(answer if answer.endswith(b"\n") or not sys.stdout.isatty() else answer + b"\n", sys.stdout.buffer)


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FILE, help="Data to check instead of the bundled.")
@click.option(
    "--format", "form", type=click.Choice(["text", "turtle"]), default="text", help="Lines, or a SHACL report."
)
@language_option
def validate(files: tuple[Path, ...], form: str, language: Language) -> int:
    """Check the graph against its shapes and its evidence."""
    dataset = load(files)
    check = Check(dataset)
    findings = [*examine(dataset), *check.findings()]
    if form == "turtle":
        with ignoring_closed_pipe():
            write_fully(report(findings), sys.stdout.buffer)
        return exit_code(findings)
    return print_findings(
        findings, language, f"Valid: {dataset.statements} statements in {len(dataset.graphs())} graphs."
    )


@click.command()
@click.argument("document", type=FILE, help="The text, in UTF-8.")
@language_option
def verify(document: Path, language: Language) -> int:
    """Check offsets and hashes against the text."""
    return print_findings(verify_document(load(), document), language, f"{document}: every offset and hash fits.")


@click.command()
def seal() -> None:
    """Renew the seals after an intended change of the data."""
    print(renew_seals())


def _query_text(text: str | None, file: str | None) -> str:
    if (text is None) == (file is None):
        raise click.UsageError("Give a query, or a file with -f.")
    if text is not None:
        return text
    try:
        return (sys.stdin.buffer.read() if file == "-" else Path(file or "").read_bytes()).decode()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file}: the query is not UTF-8, see byte {error.start}.") from error
