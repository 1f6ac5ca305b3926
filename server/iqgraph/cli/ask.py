"""The command that answers a query without a server: query."""

import argparse
import sys
from pathlib import Path

from ..dataset import load
from ..engine import Embedded, Query
from ..errors import CallError
from ..formats import of_kind
from ..writing import pour
from .command import DONE


def add_query(command: argparse.ArgumentParser) -> None:
    """`iqgraph query [-f FILE] [--format F] [QUERY]`."""
    known = [form.extension for form in of_kind("results", "graph", "dataset")]
    command.add_argument("query", nargs="?", metavar="QUERY", help="the query itself")
    command.add_argument("-f", "--file", metavar="FILE", help="a file with the query; - is standard input")
    command.add_argument("--format", choices=known, help="tsv for SELECT and ASK, else ttl, if not given")
    command.set_defaults(run=_query)


def _query(options: argparse.Namespace) -> int:
    query = Query(_query_text(options))
    wanted = options.format or ("ttl" if query.form in ("CONSTRUCT", "DESCRIBE") else "tsv")
    form = next((form for form in query.formats if form.extension == wanted), None)
    if form is None:
        known = ", ".join(form.extension for form in query.formats)
        raise CallError(f"The answer to {query.form} cannot be written as {wanted}; known are {known}.")
    dataset = load()
    answer = Embedded(dataset.store, dataset.prefixes).answer(query, form)
    # JSON and the answers to ASK end without a line break, and the prompt of a terminal would stand behind them.
    pour(answer if answer.endswith(b"\n") or not sys.stdout.isatty() else answer + b"\n", sys.stdout.buffer)
    return DONE


def _query_text(options: argparse.Namespace) -> str:
    if (options.query is None) == (options.file is None):
        raise CallError("Give a query, or a file with -f (see iqgraph query --help).")
    if options.query is not None:
        return str(options.query)
    try:
        content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        return content.decode()
    except UnicodeDecodeError as error:
        raise CallError(f"{options.file}: the query is not UTF-8, see byte {error.start}.") from error
