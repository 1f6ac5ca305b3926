"""The commands that run the service: serve."""

import argparse
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ..client import Server
from ..dataset import Dataset, load, load_plain
from ..dataset.progress import progress
from ..dataset.storage import kept
from ..engine import MIB, Limits
from ..errors import CallError
from .command import DONE


def add_serve(command: argparse.ArgumentParser) -> None:
    """`iqgraph serve [FILE …]`."""
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="RDF to serve instead of the graph")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    command.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    command.add_argument("--timeout", type=_amount, default=10, metavar="SECONDS", help="for one query (%(default)s)")
    command.add_argument("--memory", type=_amount, default=512, metavar="MIB", help="for one query (%(default)s)")
    command.add_argument("--workers", type=int, default=8, metavar="N", help="queries at a time (%(default)s)")
    command.add_argument(
        "--engine", nargs="+", action="extend", default=[], metavar="URL", help="SPARQL endpoints to answer the queries"
    )
    command.add_argument(
        "--allow-service", nargs="+", action="extend", default=[], metavar="URL", help="endpoints that SERVICE may call"
    )
    command.add_argument("--store", type=Path, metavar="DIR", help="keep FILEs in an on-disk store, and reuse it")
    command.set_defaults(run=_serve)


def _amount(text: str) -> float:
    amount = float(text)
    if not 0 < amount < math.inf:
        raise ValueError(text)
    return amount


def _serve(options: argparse.Namespace) -> int:
    from ..service.serving import Service, serve  # noqa: PLC0415 - only this command needs the web

    if options.workers < 1:
        raise CallError(f"--workers {options.workers}: at least one query has to run.")
    limits = Limits(seconds=options.timeout, memory=int(options.memory * MIB), running=options.workers)
    engines, services = (tuple(map(Server, urls)) for urls in (options.engine, options.allow_service))
    service = Service(options.host, options.port, limits, engines, services)
    serve(partial(_dataset, options.files, options.store), service)
    return DONE


def _dataset(files: Sequence[Path], store: Path | None) -> Dataset:
    if not files and store is None:
        return load()
    with progress(files) as watch:
        return kept(store, files, watch) if store else load_plain(files, watch)
