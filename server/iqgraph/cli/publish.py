"""The commands that publish the data: build, release, push."""

import os
import sys
from functools import partial
from getpass import getpass
from pathlib import Path

import click

from ..client import Server, basic, bearer
from ..dataset import UNION, load
from ..errors import CallError
from ..release import push as pushing
from ..release.destination import Destination, named
from ..release.keeping import keep
from ..release.release import build as build_release
from ..release.versions import find, releases, restore
from ..resources import packaged
from ..writing import write
from .terminal import FILE


@click.command()
@click.argument("folder", metavar="DIR", type=FILE, help="Where to write; made if it is not there.")
def build(folder: Path) -> None:
    """Write all files of the release."""
    files = build_release(load())
    write({folder / name: content for name, content in files.items()})
    print(f"{folder}: {len(files)} files")


@click.command()
@click.argument("version", help="The number, as in 1.2.0.")
@click.argument("day", help="The day of the release, as in 2026-03-31.")
def release(version: str, day: str) -> None:
    """Keep the graph as the release of a version."""
    found = keep(version, day)
    print(f"{found.file.content}: version {found.version}, {found.issued}, sha-256 {found.digest}")


@click.command(epilog="A bearer token is read from IQGRAPH_TOKEN.")
@click.argument("url", help="Where it speaks the SPARQL 1.1 Graph Store HTTP Protocol.")
@click.option("--query", metavar="URL", help="Where it answers queries, if its kind is not known.")
@click.option("--update", metavar="URL", help="Where it takes updates, for a change in one transaction.")
@click.option("--default", "is_default", is_flag=True, help="Also put the union of all into the default graph.")
@click.option("--union", metavar="IRI", help="Also put the union of all into the graph of this name.")
@click.option("--version", metavar="VERSION", help="What was released as this version, not what is here now.")
@click.option("--user", metavar="NAME", help="With the password in IQGRAPH_PASSWORD, or asked for.")
def push(  # noqa: PLR0913 - each is a part of the call
    *,
    url: str,
    query: str | None,
    update: str | None,
    is_default: bool,
    union: str | None,
    version: str | None,
    user: str | None,
) -> None:
    """Load the graph into another SPARQL engine."""
    if is_default and union:
        raise click.UsageError("--default and --union exclude each other; give one of them.")
    there = Destination(Server(url, _credentials(user)), query, update)
    graph = UNION if is_default else named(union) if union else None
    kept = releases(packaged())
    dataset = restore(find(version, kept)) if version else load()
    pushing.push(dataset, there, partial(print, flush=True), graph, kept)


def _credentials(user: str | None) -> dict[str, str]:
    if user is None:
        token = os.environ.get("IQGRAPH_TOKEN")
        return bearer(token) if token else {}
    password = os.environ.get("IQGRAPH_PASSWORD")
    if password is None and not sys.stdin.isatty():
        raise CallError(
            de="--user: IQGRAPH_PASSWORD enthält kein Passwort, und es gibt kein Terminal, um danach zu fragen.",
            en="--user: there is no password in IQGRAPH_PASSWORD, and no terminal to ask for it.",
        )
    return basic(user, getpass(f"Password of {user}: ") if password is None else password)
