"""The command line: the only module that prints. Exit codes: 0 done, 1 the data is wrong, 2 the call is wrong."""

import argparse
import io
import math
import os
import sys
from collections.abc import Sequence
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import NoReturn

from . import __version__
from .client import Server, basic, bearer
from .dataset import Dataset, load, load_plain
from .dataset.progress import progress
from .dataset.storage import kept
from .engine import MIB, Embedded, Limits, Query, QueryError, QuerySyntaxError
from .errors import CallError, DatasetError
from .formats import of_kind
from .release.keeping import keep
from .release.push import push
from .release.release import build
from .validation.document import verify
from .validation.evidence import examine
from .validation.findings import Finding, Language
from .validation.report import report
from .validation.seals import seal

DONE, DATA_WRONG, CALL_WRONG, INTERRUPTED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call."""
        raise CallError(f"{message} (see {self.prog} --help).")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        options = parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more; the interpreter would complain when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (DatasetError, CallError, QueryError, OSError) as error:
        print(f"iqgraph: {' '.join(_sentence(error).split())}", file=sys.stderr)
        return DATA_WRONG if isinstance(error, DatasetError) else CALL_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def parser() -> Parser:
    """What can be called, and how."""
    top = Parser(prog="iqgraph", description="The IQ Hessen Knowledge Graph.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _add_serve(commands.add_parser("serve", help="serve the graph, or any RDF files, over HTTP"))
    _add_build(commands.add_parser("build", help="write all files of the release"))
    _add_validate(commands.add_parser("validate", help="check the graph against its shapes and its evidence"))
    _add_verify(commands.add_parser("verify", help="check offsets and hashes against the text of the document"))
    _add_query(commands.add_parser("query", help="answer a SPARQL query"))
    _add_push(commands.add_parser("push", help="load the graph into another SPARQL engine"))
    _add_seal(commands.add_parser("seal", help="renew the seals after an intended change of the data"))
    _add_release(commands.add_parser("release", help="keep the graph as it is as the release of a version"))
    return top


def _add_serve(command: argparse.ArgumentParser) -> None:
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


def _add_build(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="where to write; made if it is not there")
    command.set_defaults(run=_build)


def _add_validate(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="data to check instead of the bundled")
    command.add_argument("--format", choices=("text", "turtle"), default="text", help="lines, or a SHACL report")
    _add_language(command)
    command.set_defaults(run=_validate)


def _add_verify(command: argparse.ArgumentParser) -> None:
    command.add_argument("document", type=Path, metavar="DOCUMENT", help="the text, in UTF-8")
    _add_language(command)
    command.set_defaults(run=_verify)


def _add_query(command: argparse.ArgumentParser) -> None:
    known = [form.extension for form in of_kind("results", "graph", "dataset")]
    command.add_argument("query", nargs="?", metavar="QUERY", help="the query itself")
    command.add_argument("-f", "--file", metavar="FILE", help="a file with the query; - is standard input")
    command.add_argument("--format", choices=known, help="tsv for SELECT and ASK, else ttl, if not given")
    command.set_defaults(run=_query)


def _add_seal(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_seal)


def _add_release(command: argparse.ArgumentParser) -> None:
    command.add_argument("version", metavar="VERSION", help="the number, as in 1.2.0")
    command.add_argument("day", metavar="DAY", help="the day of the release, as in 2026-03-31")
    command.set_defaults(run=_release)


def _add_push(command: argparse.ArgumentParser) -> None:
    command.add_argument("url", metavar="URL", help="where the engine speaks the SPARQL 1.1 Graph Store HTTP Protocol")
    command.add_argument("--default", action="store_true", help="also put the union of all into the default graph")
    command.add_argument("--user", metavar="NAME", help="with the password in IQGRAPH_PASSWORD, or asked for")
    command.epilog = "A bearer token is read from IQGRAPH_TOKEN."
    command.set_defaults(run=_push)


def _add_language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=("en", "de"), default="en", help="language of the messages (%(default)s)")


def _serve(options: argparse.Namespace) -> int:
    from .service.serving import Service, serve  # noqa: PLC0415 - only this command needs the web

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


def _build(options: argparse.Namespace) -> int:
    files = build(load())
    for name, content in files.items():
        path = options.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"{options.folder}: {len(files)} files")
    return DONE


def _validate(options: argparse.Namespace) -> int:
    from .validation.validation import validate  # noqa: PLC0415 - rdflib and pySHACL take long to import

    dataset = load(options.files)
    findings = [*examine(dataset), *validate(dataset)]
    if options.format == "turtle":
        sys.stdout.buffer.write(report(findings))
        return _verdict(findings)
    return _tell(findings, options.lang, f"Valid: {dataset.statements} statements in {len(dataset.graphs())} graphs.")


def _verify(options: argparse.Namespace) -> int:
    findings = verify(load(), options.document)
    return _tell(findings, options.lang, f"{options.document}: every offset and hash fits.")


def _query(options: argparse.Namespace) -> int:
    query = Query(_query_text(options))
    wanted = options.format or ("ttl" if query.form in ("CONSTRUCT", "DESCRIBE") else "tsv")
    form = next((form for form in query.formats if form.extension == wanted), None)
    if form is None:
        known = ", ".join(form.extension for form in query.formats)
        raise CallError(f"The answer to {query.form} cannot be written as {wanted}; known are {known}.")
    dataset = load()
    sys.stdout.buffer.write(Embedded(dataset.store, dataset.prefixes).answer(query, form))
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


def _seal(_: argparse.Namespace) -> int:
    print(seal())
    return DONE


def _release(options: argparse.Namespace) -> int:
    release = keep(options.version, options.day)
    print(f"{release.file.content}: version {release.version}, {release.issued}, sha-256 {release.digest}")
    return DONE


def _push(options: argparse.Namespace) -> int:
    server = Server(options.url, _credentials(options.user))
    push(load(), server, partial(print, flush=True), union=options.default)
    return DONE


def _credentials(user: str | None) -> dict[str, str]:
    if user is None:
        token = os.environ.get("IQGRAPH_TOKEN")
        return bearer(token) if token else {}
    password = os.environ.get("IQGRAPH_PASSWORD")
    if password is None and not sys.stdin.isatty():
        raise CallError("--user: there is no password in IQGRAPH_PASSWORD, and no terminal to ask for it.")
    return basic(user, getpass(f"Password of {user}: ") if password is None else password)


def _tell(findings: list[Finding], language: Language, success: str) -> int:
    lines = [finding.line(language) for finding in findings]
    code = _verdict(findings)
    print("\n".join(lines if code else [*lines, success]))
    return code


def _verdict(findings: list[Finding]) -> int:
    return DATA_WRONG if any(finding.breach for finding in findings) else DONE


def _sentence(error: Exception) -> str:
    if isinstance(error, QuerySyntaxError):
        return f"The query, line {error.line}, column {error.column}: {error}"
    if isinstance(error, OSError):
        return f"{error.filename or 'The system'}: {error.strerror or error}."
    return str(error)
