"""The commands that publish the data: build, release, push."""

import argparse
import os
import sys
from functools import partial
from getpass import getpass
from pathlib import Path

from ..client import Server, basic, bearer
from ..dataset import UNION, load
from ..errors import CallError
from ..release.destination import Destination, named
from ..release.keeping import keep
from ..release.push import push
from ..release.release import build
from ..release.versions import find, releases, restored
from ..resources import packaged
from ..writing import write
from .command import DONE


def add_build(command: argparse.ArgumentParser) -> None:
    """`iqgraph build DIR`."""
    command.add_argument("folder", type=Path, metavar="DIR", help="where to write; made if it is not there")
    command.set_defaults(run=_build)


def add_release(command: argparse.ArgumentParser) -> None:
    """`iqgraph release VERSION DAY`."""
    command.add_argument("version", metavar="VERSION", help="the number, as in 1.2.0")
    command.add_argument("day", metavar="DAY", help="the day of the release, as in 2026-03-31")
    command.set_defaults(run=_release)


def add_push(command: argparse.ArgumentParser) -> None:
    """`iqgraph push URL`."""
    command.add_argument("url", metavar="URL", help="where the engine speaks the SPARQL 1.1 Graph Store HTTP Protocol")
    command.add_argument("--query", metavar="URL", help="where it answers queries, if its kind is not known")
    command.add_argument("--update", metavar="URL", help="where it takes updates, for a change in one transaction")
    unions = command.add_mutually_exclusive_group()
    unions.add_argument("--default", action="store_true", help="also put the union of all into the default graph")
    unions.add_argument("--union", metavar="IRI", help="also put the union of all into the graph of this name")
    command.add_argument("--version", metavar="VERSION", help="what was released as this version, not what is here now")
    command.add_argument("--user", metavar="NAME", help="with the password in IQGRAPH_PASSWORD, or asked for")
    command.epilog = "A bearer token is read from IQGRAPH_TOKEN."
    command.set_defaults(run=_push)


def _build(options: argparse.Namespace) -> int:
    files = build(load())
    write({options.folder / name: content for name, content in files.items()})
    print(f"{options.folder}: {len(files)} files")
    return DONE


def _release(options: argparse.Namespace) -> int:
    release = keep(options.version, options.day)
    print(f"{release.file.content}: version {release.version}, {release.issued}, sha-256 {release.digest}")
    return DONE


def _push(options: argparse.Namespace) -> int:
    there = Destination(Server(options.url, _credentials(options.user)), options.query, options.update)
    union = UNION if options.default else named(options.union) if options.union else None
    kept = releases(packaged())
    dataset = restored(find(options.version, kept)) if options.version else load()
    push(dataset, there, partial(print, flush=True), union, kept)
    return DONE


def _credentials(user: str | None) -> dict[str, str]:
    if user is None:
        token = os.environ.get("IQGRAPH_TOKEN")
        return bearer(token) if token else {}
    password = os.environ.get("IQGRAPH_PASSWORD")
    if password is None and not sys.stdin.isatty():
        raise CallError("--user: there is no password in IQGRAPH_PASSWORD, and no terminal to ask for it.")
    return basic(user, getpass(f"Password of {user}: ") if password is None else password)
