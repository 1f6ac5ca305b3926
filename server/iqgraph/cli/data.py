"""The commands about the data, without a server: query, validate, verify, seal, build, release, push."""

import os
import sys
from getpass import getpass
from pathlib import Path

import click
from pyoxigraph import NamedNode

from ..bilingual import Language, Text, locale_language
from ..client import Server, login
from ..dataset import UNION, Dataset, load
from ..dataset.dataset import complete, read_sources
from ..engine import Embedded, Query
from ..engine.renamed import with_current_iris
from ..engine.workers.worker import answer_in_child
from ..errors import CallError, DatasetError
from ..formats import FORMATS
from ..release import push as pushing
from ..release.destination import Destination
from ..release.release import build as build_release
from ..release.versions import find, keep, releases, restore
from ..resources import packaged
from ..service.checking import cache_file, check, check_once, start_validation
from ..settings import DAY, PUSH, SETTINGS, TIB, Settings, TextType
from ..validation.document import verify as verify_document
from ..validation.findings import report
from ..validation.seals import seal as renew_seals
from ..writing import write, write_fully
from .options import SettingsCommand
from .terminal import FILE, UsageError, decode, exit_code, ignoring_closed_pipe, language_option, print_findings

EXTENSIONS = [format.extension for format in FORMATS]


@click.command()
@click.argument("text", metavar="[QUERY]", required=False, help="The query itself.")
@click.option("-f", "--file", metavar="FILE", help="A file with the query; - is standard input.")
@click.option("--format", "extension", type=click.Choice(EXTENSIONS), help="Default: tsv for SELECT and ASK, else ttl.")
@click.option("--timeout", type=SETTINGS["timeout"].type, metavar="SECONDS", default=DAY, help="Default: a day.")
@click.option("--memory", type=SETTINGS["memory"].type, metavar="MIB", default=TIB, help="Default: no limit.")
def query(text: str | None, file: str | None, extension: str | None, timeout: float, memory: float) -> None:
    """Answer a SPARQL query."""
    parsed_query = Query(with_current_iris(_query_text(text, file)))
    extension = extension or ("ttl" if parsed_query.has_graph else "tsv")
    formats = {format.extension: format for format in parsed_query.formats}
    if extension not in formats:
        raise UsageError(
            de=f"Die Antwort auf {parsed_query.form} gibt es nicht als {extension}; möglich sind {', '.join(formats)}.",
            en=f"The answer to {parsed_query.form} cannot be written as {extension}; known are {', '.join(formats)}.",
        )
    dataset = load()
    engine = Embedded(dataset.store, dataset.prefixes)
    answer = answer_in_child(parsed_query, formats[extension], engine, Settings(timeout=timeout, memory=memory))
    # JSON and answers to ASK end without a line break, and the shell's prompt would follow on the same line.
    write_fully(answer if answer.endswith(b"\n") or not sys.stdout.isatty() else answer + b"\n", sys.stdout.buffer)


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FILE, help="Data to check instead of the bundled data.")
@click.option("--format", type=click.Choice(["text", "turtle"]), default="text", help="Lines, or a SHACL report.")
@language_option
def validate(files: tuple[Path, ...], format: str, language: Language) -> int:
    """Check the graph against its shapes and its evidence."""
    dataset = read_sources(files)
    validation = start_validation(dataset)  # the shapes check what the files say, before derivation
    complete(dataset)
    for version in () if files else releases(dataset.sources):
        version.archive  # noqa: B018 - raises DatasetError if the release was changed
    findings = check(dataset, validation)
    if format == "turtle":
        with ignoring_closed_pipe():
            write_fully(report(findings), sys.stdout.buffer)
        return exit_code(findings)
    statements, graphs = dataset.statements, len(dataset.graphs())
    success = Text(
        de=f"Gültig: {statements} Aussagen in {graphs} Graphen.",
        en=f"Valid: {statements} statements in {graphs} graphs.",
    )
    return print_findings(findings, language, success)


@click.command()
@click.argument("document", type=FILE, help="The text, in UTF-8.")
@language_option
def verify(document: Path, language: Language) -> int:
    """Check offsets and hashes against the text."""
    success = Text(de=f"{document}: Alle Offsets und Hashes stimmen.", en=f"{document}: all offsets and hashes match.")
    return print_findings(verify_document(load(), document), language, success)


@click.command()
def seal() -> None:
    """Renew the seals after an intended change of data, ontology or shapes."""
    print(renew_seals())


@click.command()
@click.argument("folder", metavar="DIR", type=FILE, help="Where to write; created if missing.")
def build(folder: Path) -> None:
    """Write all files of the release."""
    files = build_release(_load_valid())
    write({folder / name: content for name, content in files.items()})
    print(f"{folder}: {len(files)} files")


@click.command()
@click.argument("version", help="The version number, as in 1.2.0.")
@click.argument("day", help="The day of the release, as in 2026-03-31.")
def release(version: str, day: str) -> None:
    """Keep the graph as the release of a version."""
    _load_valid()
    record = keep(version, day)
    print(f"{record.file.content}: version {record.version}, {record.issued}, sha-256 {record.digest}")
    print(f"Commit it, then: git tag v{record.version}")


@click.command(cls=SettingsCommand, groups=[PUSH], epilog="A bearer token is read from IQGRAPH_TOKEN.")
@click.argument("url", help="URL of its Graph Store HTTP Protocol (SPARQL 1.1).")
@click.option("--query", metavar="URL", help="URL of its query endpoint, if the engine is unknown.")
@click.option("--update", metavar="URL", help="URL of its update endpoint, to use one transaction.")
@click.option("--default", "is_default", is_flag=True, help="Also put the union of all graphs into the default graph.")
@click.option(
    "--union",
    metavar="IRI",
    type=TextType("an absolute IRI", NamedNode),
    help="Also put the union of all graphs into this graph.",
)
@click.option("--version", metavar="VERSION", help="Push this released version, not the current data.")
@click.option("--user", metavar="NAME", help="User name; the password is read from IQGRAPH_PASSWORD or asked for.")
def push(  # noqa: PLR0913 - each is a part of the call
    *,
    url: str,
    query: str | None,
    update: str | None,
    is_default: bool,
    union: NamedNode | None,
    version: str | None,
    user: str | None,
    settings: Settings,
) -> None:
    """Load the graph into another SPARQL engine."""
    if is_default and union:
        raise UsageError(
            de="--default und --union schließen einander aus; geben Sie eines davon an.",
            en="--default and --union are mutually exclusive; give one of them.",
        )
    destination = Destination(Server(url, _credentials(user, settings)), query, update)
    graph = UNION if is_default else union
    dataset = restore(find(version, releases(packaged()))) if version else load()
    language = locale_language()
    pushing.push(dataset, destination, lambda text: print(text.say(language), flush=True), graph)


def _load_valid() -> Dataset:
    """Load the bundled dataset; a DatasetError with the first finding if it is not valid."""
    dataset = load()
    breach = next((finding for finding in check_once(dataset, cache_file(dataset)) if finding.is_breach), None)
    if breach:
        raise DatasetError(de=breach.line("de"), en=breach.line("en"))
    return dataset


def _query_text(text: str | None, file: str | None) -> str:
    if (text is None) == (file is None):
        raise UsageError(de="Geben Sie eine Abfrage an, oder mit -f eine Datei.", en="Give a query, or a file with -f.")
    if text is not None:
        content = os.fsencode(text)  # the bytes as typed, which the locale may not decode (PEP 383)
    else:
        content = sys.stdin.buffer.read() if file == "-" else Path(file or "").read_bytes()
    return decode(content, file or "QUERY")


def _credentials(user: str | None, settings: Settings) -> dict[str, str]:
    if user is None:
        return login("", "", settings.token)
    if not settings.password and not sys.stdin.isatty():
        raise CallError(
            de="--user: IQGRAPH_PASSWORD enthält kein Passwort, und es gibt kein Terminal, um danach zu fragen.",
            en="--user: there is no password in IQGRAPH_PASSWORD, and no terminal to ask for it.",
        )
    return login(user, settings.password or getpass(f"Password of {user}: "), "")
