"""Reading RDF files: what a file says, or one sentence on why it cannot be read."""

import gzip
import io
import logging
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple, parse

from ..bilingual import Text, untranslated
from ..errors import CallError, DatasetError, shortened
from ..formats import JSON_LD, RDF_FORMATS, RDF_XML, Format, of_file
from ..resources import File
from .decoding import ZstdError, decode, unpack
from .faults import left_out, line_of_fault, refuse_unsound, refuse_xml_faults, too_long, unknown_keys

log = logging.getLogger(__name__)
EXCERPT_CHARS, MAX_LINE_BYTES = 40, 1 << 20
CUT_TAG = re.compile(r'"@[A-Za-z]+_[A-Za-z]')
HALF = re.compile(r"(?i)\\ud[89ab]..(?!\\ud)|(?<!\\ud[89ab]..)\\ud[c-f]")
# What the parsers say of a JSON-LD context elsewhere, and of a text of RDF/XML in which a comment or CDATA begins.
UNLOADED, PARTED = "LoadDocumentCallback", "Unexpected text event: "
TOO_WIDE = "too much memory"  # https://github.com/facebook/zstd/blob/v1.5.7/lib/common/error_private.c


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
    with _opened(file, form) as source:
        if not source.peek(1):
            raise DatasetError(de=f"{file.name}: Die Datei ist leer.", en=f"{file.name}: the file is empty.")
        refuse_gaps(file)
        parser = parse(source, form.rdf, lenient=form is RDF_XML)
        quads = [*_meant(file.name, parser)] if form is RDF_XML else [*parser]
    if graph is not None and form.kind == "graph":
        quads = [in_graph(quad, graph) if isinstance(quad.graph_name, DefaultGraph) else quad for quad in quads]
    return Reading(file.name, with_own_labels(quads, file.name), parser.prefixes)


def head(path: Path) -> dict[str, str]:
    """The prefixes that a file declares before its first statement; what has no readable head is no RDF.

    RDF/XML and JSON-LD are looked through as a whole; the log is told what JSON-LD passes over.
    """
    file = file_at(path)
    form = format_of(file)
    with _opened(file, form) as source:
        for gap in _gaps(file, form):
            log.warning("%s", gap.en)
        parser = parse(source, form.rdf, base_iri=_base(file), lenient=form is RDF_XML)
        if next(parser, None) is None:
            log.warning("%s: the file makes no statement.", file.name)
    return parser.prefixes


def read_into(store: Store, path: Path) -> None:
    """Load a file of any size into a store; blank nodes become those of this file alone."""
    file = file_at(path)
    form = format_of(file)
    with _opened(file, form) as source:
        # Not one transaction: a file may be larger than memory.
        if form is RDF_XML:
            parser = parse(source, form.rdf, base_iri=_base(file), rename_blank_nodes=True, lenient=True)
            store.bulk_extend(_meant(file.name, parser))
        else:
            store.bulk_load(source, form.rdf, base_iri=_base(file))


def refuse_gaps(file: File) -> None:
    """Refuse a file of which a part would make no statement."""
    for gap in _gaps(file, format_of(file)):
        raise DatasetError(gap)


def content_of(file: File) -> bytes:
    """The file's content, unpacked if its name ends with .gz or .zst."""
    with _opened(file) as source:
        return source.read()


def file_at(path: Path) -> File:
    """A file that the caller names."""
    return File(path.as_posix(), path)


def in_graph(statement: Quad | Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """The statement in a graph, or in another one."""
    return Quad(statement.subject, statement.predicate, statement.object, graph)


def format_of(file: File) -> Format:
    """The format that the file's name promises."""
    form = of_file(file.name)
    if form is None:
        with _opened(file):  # that it is not there, or is a folder, is said first
            pass
        known = ", ".join(one.extension for one in RDF_FORMATS)
        raise CallError(
            de=f"{file.name}: Kein RDF-Format hat diese Endung; es gibt {known}, auch mit .gz oder .zst.",
            en=f"{file.name}: no RDF format has this ending; known are {known}, also with .gz or .zst.",
        )
    return form


@contextmanager
def _opened(file: File, form: Format | None = None) -> Iterator["io.BufferedReader[Any]"]:
    """The file's content, unpacked if its name says so, and as the parser of a format takes it.

    What goes wrong with it becomes one sentence.
    """
    try:
        if isinstance(file.content, Path) and file.content.is_fifo():  # to open one is to wait for who writes
            raise CallError(
                de=f"{file.name}: Das ist eine Pipe; speichern Sie, was sie liefert, denn es wird zweimal gelesen.",
                en=f"{file.name}: this is a pipe; save what it gives, since that is read twice.",
            )
        with file.content.open("rb") as raw:
            source = unpack(file, raw)
            yield decode(file, form, source) if form else source
    except SyntaxError as error:
        raise DatasetError(_sentence(file, error)) from error
    except (EOFError, gzip.BadGzipFile, zlib.error, ZstdError) as error:
        if TOO_WIDE in str(error):
            raise DatasetError(
                de=f"{file.name}: Zum Auspacken bräuchte Zstandard mehr als 128 MiB; packen Sie die Datei ohne --long.",
                en=f"{file.name}: to unpack it, Zstandard would need more than 128 MiB; pack the file without --long.",
            ) from error
        ending, packing = (".gz", "gzip") if file.name.lower().endswith(".gz") else (".zst", "Zstandard")
        raise DatasetError(
            de=f"{file.name}: Der Name endet auf {ending}, aber das ist keine ganze {packing}-Datei.",
            en=f"{file.name}: the name ends with {ending}, but this is no whole {packing} file.",
        ) from error
    except MemoryError as error:
        if not error.args:  # the memory is full
            raise
        with _opened(file) as source:
            raise DatasetError(too_long(file.name, source)) from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            de=f"{file.name}: Die Datei ist nicht in {error.encoding.upper()} geschrieben.",
            en=f"{file.name}: the file is not written in {error.encoding.upper()}.",
        ) from error
    except OSError as error:
        if error.errno is None:  # it is not the file's: the store could not be written
            raise
        raise CallError(untranslated(f"{file.name}: {error.strerror}.")) from error


def _gaps(file: File, form: Format) -> Iterator[Text]:
    """Look a file through whose parser does not tell all: what makes no statement; a fault is refused."""
    with _opened(file, form) as source:
        if form is RDF_XML:
            refuse_xml_faults(file.name, source)
        elif form is JSON_LD and (keys := unknown_keys(file.name, source.read(), _base(file))):
            yield left_out(file.name, keys)


def _meant(file: str, quads: Iterable[Quad]) -> Iterator[Quad]:
    """The statements of RDF/XML as its lenient parser has them; the other one refuses the empty tag.

    That ends a language: https://www.w3.org/TR/rdf-syntax-grammar/#section-Syntax-languages
    """
    for quad in quads:
        if isinstance(quad.object, Literal) and quad.object.language == "":
            quad = Quad(quad.subject, quad.predicate, Literal(quad.object.value), quad.graph_name)  # noqa: PLW2901
        refuse_unsound(file, quad)
        yield quad


def _base(file: File) -> str:
    """What relative IRIs begin with: the name of the file, and nothing of where it lies."""
    return f"file:///{quote(os.fsencode(Path(file.name).name))}"


def _sentence(file: File, error: SyntaxError) -> Text:
    """The parser's complaint as: file, line, column, what is wrong."""
    reason = untranslated(re.sub(r"^Parser error at line .*?: ", "", error.msg).rstrip("."))
    if UNLOADED in reason.en:
        reason = Text(
            de="Sie verweist auf einen Kontext anderswo, und es wird nichts geholt; schreiben Sie ihn in die Datei",
            en="it names a context elsewhere, and nothing is fetched; put the context itself into the file",
        )
    if reason.en.startswith(PARTED):
        rest = " ".join(shortened(reason.en.removeprefix(PARTED)).split())
        reason = Text(
            de=f"Ein Text steht allein und in einem Stück da, ohne Elemente, Kommentar oder CDATA daneben: {rest}",
            en=f"a text stands alone and in one piece, without elements, a comment or CDATA beside it: {rest}",
        )
    if format_of(file) is RDF_XML:
        with _opened(file, RDF_XML) as source:
            line = line_of_fault(source)
        return Text(de=f"{file.name}, Zeile {line}: {reason.de}.", en=f"{file.name}, line {line}: {reason.en}.")
    if error.lineno is None:
        return Text(de=f"{file.name}: {reason.de}.", en=f"{file.name}: {reason.en}.")
    excerpt = _excerpt(file, error.lineno, error.offset or 1)
    if CUT_TAG.search(excerpt):
        reason = Text(de="Ein Sprachkürzel hat Bindestriche, wie de-DE", en="a language tag has hyphens, as in de-DE")
    if reason.en == "Unexpected end of file" and HALF.search(excerpt):
        reason = Text(de="Ein Surrogat steht ohne das andere da", en="a surrogate stands without the other one")
    return Text(
        de=f"{file.name}, Zeile {error.lineno}, Spalte {error.offset}: {reason.de} ({excerpt}).",
        en=f"{file.name}, line {error.lineno}, column {error.offset}: {reason.en} ({excerpt}).",
    )


def _excerpt(file: File, line: int, column: int) -> str:
    """What stands in a file around a place."""
    with _opened(file, format_of(file)) as source:
        text = next(islice(source, line - 1, line), b"")[:MAX_LINE_BYTES].decode(errors="replace").rstrip()
    around = text[max(column - EXCERPT_CHARS, 0) : column + EXCERPT_CHARS].strip()
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in around)


def with_own_labels(quads: Iterable[Quad], file: str) -> list[Quad]:
    """What a file says; its blank nodes have names that no other file has, and the same ones whenever it is read."""
    mark = sha256(os.fsencode(file)).hexdigest()[:8]  # a name need not be text
    # The scope of a label is its file (https://www.w3.org/TR/rdf11-concepts/#section-blank-nodes).
    labels: dict[BlankNode, BlankNode] = {}
    return [Quad(_own(s, mark, labels), p, _own(o, mark, labels), _own(g, mark, labels)) for s, p, o, g in quads]


def _own(term: Any, mark: str, labels: dict[BlankNode, BlankNode]) -> Any:  # noqa: ANN401 - what comes in goes out
    if isinstance(term, BlankNode):
        return labels.setdefault(term, BlankNode(f"b{mark}n{len(labels)}"))
    if isinstance(term, Triple):
        return Triple(_own(term.subject, mark, labels), term.predicate, _own(term.object, mark, labels))
    return term
