"""Reading RDF files: what a file says, or one sentence on why it cannot be read."""

import gzip
import re
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple, parse

from .errors import CallError, DatasetError
from .formats import RDF_FORMATS, Format, of_file
from .resources import File


@dataclass(frozen=True)
class Reading:
    """What one file says."""

    file: str
    quads: list[Quad]
    prefixes: dict[str, str]


def read(file: File, graph: NamedNode | None = None) -> Reading:
    """What a file says; statements of a format without graphs belong to the graph, if one is given."""
    form = format_of(file)
    parser = parse(content_of(file), form.rdf)
    try:
        quads: list[Quad] = list(parser)
    except SyntaxError as error:
        raise DatasetError(_sentence(file, error)) from error
    if graph is not None and form.kind == "graph":
        quads = [moved(quad, graph) if isinstance(quad.graph_name, DefaultGraph) else quad for quad in quads]
    return Reading(file.name, _with_own_labels(quads, file.name), parser.prefixes)


def read_into(store: Store, path: Path) -> dict[str, str]:
    """Load a file of any size into a store, and answer the prefixes it declares."""
    file = given(path)
    content, form, base = content_of(file), format_of(file), path.absolute().as_uri()
    try:
        store.bulk_load(content, form.rdf, base_iri=base)
    except SyntaxError as error:
        raise DatasetError(_sentence(file, error)) from error
    parser = parse(content, form.rdf, base_iri=base)
    next(parser, None)
    return parser.prefixes


def given(path: Path) -> File:
    """A file that the caller names."""
    return File(path.as_posix(), path)


def moved(quad: Quad, graph: NamedNode | DefaultGraph) -> Quad:
    """The statement in another graph."""
    return Quad(quad.subject, quad.predicate, quad.object, graph)


def format_of(file: File) -> Format:
    """The format that the file's name promises."""
    form = of_file(file.name)
    if form is None:
        known = ", ".join(one.extension for one in RDF_FORMATS)
        raise CallError(f"{file.name}: no RDF format has this ending; known are {known}, also with .gz.")
    return form


def content_of(file: File) -> bytes:
    """The file's content, unpacked if its name ends with .gz."""
    try:
        content = file.content.read_bytes()
        return gzip.decompress(content) if file.name.lower().endswith(".gz") else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DatasetError(f"{file.name}: the name ends with .gz, but this is no whole gzip file.") from error
    except OSError as error:
        raise CallError(f"{file.name}: {error.strerror}.") from error


def _sentence(file: File, error: SyntaxError) -> str:
    """The parser's complaint as: file, line, column, what is wrong."""
    reason = re.sub(r"^Parser error at line .*?: ", "", error.msg).rstrip(".")
    if error.lineno is None:
        return f"{file.name}: {reason}."
    return f"{file.name}, line {error.lineno}, column {error.offset}: {reason}."


def _with_own_labels(quads: list[Quad], file: str) -> list[Quad]:
    """Blank nodes of two files are never the same, and keep their names at every start."""
    mark = sha256(file.encode()).hexdigest()[:8]
    labels: dict[BlankNode, BlankNode] = {}
    return [Quad(_own(s, mark, labels), p, _own(o, mark, labels), _own(g, mark, labels)) for s, p, o, g in quads]


def _own(term: Any, mark: str, labels: dict[BlankNode, BlankNode]) -> Any:  # noqa: ANN401 - what comes in goes out
    if isinstance(term, BlankNode):
        return labels.setdefault(term, BlankNode(f"b{mark}n{len(labels)}"))
    if isinstance(term, Triple):
        return Triple(_own(term.subject, mark, labels), term.predicate, _own(term.object, mark, labels))
    return term
