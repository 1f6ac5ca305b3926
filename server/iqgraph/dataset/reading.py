"""Reading RDF files: what a file says, or one sentence on why it cannot be read."""

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple, parse

from ..bilingual import Text, untranslated
from ..errors import CallError, DatasetError
from ..formats import RDF_FORMATS, RDF_XML, Format, of_file
from ..resources import File

Watch = Callable[[int], object]
BUFFER = 1 << 18
UNLOADED = "LoadDocumentCallback"  # what the parser says of a JSON-LD context that it would have to fetch


@dataclass(frozen=True)
class Reading:
    """What one file says."""

    file: str
    quads: list[Quad]
    prefixes: dict[str, str]


def read(file: File, graph: NamedNode | None = None) -> Reading:
    """What a file says; statements of a format without graphs belong to the graph, if one is given.

    One of our own files always says something, so an empty one is an accident.
    """
    form = format_of(file)
    with _opened(file) as source:
        if not source.peek(1):
            raise DatasetError(de=f"{file.name}: Die Datei ist leer.", en=f"{file.name}: the file is empty.")
        parser = parse(source, form.rdf)
        quads: list[Quad] = list(parser)
    if graph is not None and form.kind == "graph":
        quads = [in_graph(quad, graph) if isinstance(quad.graph_name, DefaultGraph) else quad for quad in quads]
    return Reading(file.name, _with_own_labels(quads, file.name), parser.prefixes)


def head(path: Path) -> dict[str, str]:
    """The prefixes that a file declares before its first statement; what has no readable head is no RDF."""
    file = file_at(path)
    form = format_of(file)
    with _opened(file) as source:
        if form is RDF_XML and not source.peek(1):
            raise DatasetError(
                de=f"{file.name}: Die Datei ist leer, und RDF/XML braucht ein Element.",
                en=f"{file.name}: the file is empty, and RDF/XML needs an element.",
            )
        parser = parse(source, form.rdf, base_iri=_base(path))
        next(parser, None)
    return parser.prefixes


def read_into(store: Store, path: Path, watch: Watch = bool) -> None:
    """Load a file of any size into a store; blank nodes become those of this file alone.

    `watch` is told of each number of bytes that was read.
    """
    file = file_at(path)
    form = format_of(file)
    with _opened(file, watch) as source:
        # Not one transaction: a file may be larger than memory.
        store.bulk_load(source, form.rdf, base_iri=_base(path))


def content_of(file: File) -> bytes:
    """The file's content, unpacked if its name ends with .gz."""
    with _opened(file) as source:
        return source.read()


def file_at(path: Path) -> File:
    """A file that the caller names."""
    return File(path.as_posix(), path)


def in_graph(quad: Quad, graph: NamedNode | DefaultGraph) -> Quad:
    """The statement in another graph."""
    return Quad(quad.subject, quad.predicate, quad.object, graph)


def format_of(file: File) -> Format:
    """The format that the file's name promises."""
    form = of_file(file.name)
    if form is None:
        known = ", ".join(one.extension for one in RDF_FORMATS)
        raise CallError(
            de=f"{file.name}: Kein RDF-Format hat diese Endung; es gibt {known}, auch mit .gz.",
            en=f"{file.name}: no RDF format has this ending; known are {known}, also with .gz.",
        )
    return form


@contextmanager
def _opened(file: File, watch: Watch = bool) -> Iterator["io.BufferedReader[Any]"]:
    """The file's content, unpacked if its name ends with .gz; what goes wrong with it becomes one sentence."""
    try:
        with file.content.open("rb") as raw:
            watched = io.BufferedReader(_Watched(raw, watch), BUFFER)
            packed = file.name.lower().endswith(".gz")
            if packed and not watched.peek(1):
                raise EOFError
            yield io.BufferedReader(gzip.GzipFile(fileobj=watched), BUFFER) if packed else watched
    except SyntaxError as error:
        raise DatasetError(_sentence(file, error)) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DatasetError(
            de=f"{file.name}: Der Name endet auf .gz, aber das ist keine ganze gzip-Datei.",
            en=f"{file.name}: the name ends with .gz, but this is no whole gzip file.",
        ) from error
    except OSError as error:
        if error.errno is None:  # it is not the file's: the store could not be written
            raise
        raise CallError(untranslated(f"{file.name}: {error.strerror}.")) from error


class _Watched(io.RawIOBase):
    """A file that tells how much of it is read."""

    def __init__(self, raw: IO[bytes], watch: Watch) -> None:
        self.raw, self.watch = raw, watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever can be written to
        content = self.raw.read(len(buffer))
        buffer[: len(content)] = content
        self.watch(len(content))
        return len(content)


def _base(path: Path) -> str:
    return path.absolute().as_uri()


def _sentence(file: File, error: SyntaxError) -> Text:
    """The parser's complaint as: file, line, column, what is wrong."""
    reason = untranslated(re.sub(r"^Parser error at line .*?: ", "", error.msg).rstrip("."))
    if UNLOADED in reason.en:
        reason = Text(
            de="Sie verweist auf einen Kontext anderswo, und es wird nichts geholt; schreiben Sie ihn in die Datei",
            en="it names a context elsewhere, and nothing is fetched; put the context itself into the file",
        )
    if error.lineno is None:
        return Text(de=f"{file.name}: {reason.de}.", en=f"{file.name}: {reason.en}.")
    return Text(
        de=f"{file.name}, Zeile {error.lineno}, Spalte {error.offset}: {reason.de}.",
        en=f"{file.name}, line {error.lineno}, column {error.offset}: {reason.en}.",
    )


def _with_own_labels(quads: list[Quad], file: str) -> list[Quad]:
    """Blank nodes of two files are never the same, and keep their names at every start."""
    mark = sha256(file.encode()).hexdigest()[:8]
    # The scope of a label is its file (https://www.w3.org/TR/rdf11-concepts/#section-blank-nodes).
    labels: dict[BlankNode, BlankNode] = {}
    return [Quad(_own(s, mark, labels), p, _own(o, mark, labels), _own(g, mark, labels)) for s, p, o, g in quads]


def _own(term: Any, mark: str, labels: dict[BlankNode, BlankNode]) -> Any:  # noqa: ANN401 - what comes in goes out
    if isinstance(term, BlankNode):
        return labels.setdefault(term, BlankNode(f"b{mark}n{len(labels)}"))
    if isinstance(term, Triple):
        return Triple(_own(term.subject, mark, labels), term.predicate, _own(term.object, mark, labels))
    return term
