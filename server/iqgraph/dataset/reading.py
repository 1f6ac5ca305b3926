"""Reading of RDF files: the quads and prefixes of a file, or an error that says why it cannot be read."""

import gzip
import io
import logging
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple, parse

from ..bilingual import Text, untranslated
from ..errors import CallError, DatasetError, shorten
from ..formats import JSON_LD, RDF_FORMATS, RDF_XML, Format, of_file
from ..resources import File
from .decoding import TOO_LONG, ZstdError, decode, overlong_line, undecodable, unpack
from .faults import check_terms, fault, line_of_fault, refuse_xml_faults, undefined_keys

log = logging.getLogger(__name__)
EXCERPT_CHARS, MAX_LINE_BYTES = 40, 1 << 20
TAG_WITH_UNDERSCORE = re.compile(r'"@[A-Za-z]+_[A-Za-z]')
LONE_SURROGATE = re.compile(r"(?i)\\ud[89ab]..(?!\\ud)|(?<!\\ud[89ab]..)\\ud[c-f]")
# The parsers' messages for a remote JSON-LD context, and for a text of RDF/XML in which a comment or CDATA begins.
REMOTE_CONTEXT, DIVIDED_TEXT = "LoadDocumentCallback", "Unexpected text event: "


@dataclass(frozen=True)
class Reading:
    """The quads and the prefixes of one file."""

    file: str
    quads: list[Quad]
    prefixes: dict[str, str]


def read(file: File, graph: NamedNode | None = None) -> Reading:
    """Read one of our own files; its triples go to the graph, if one is given and the format has no named graphs."""
    format = format_of(file)
    with _open(file, format) as source:
        refuse_gaps(file)
        parser = parse(source, format.rdf, lenient=format is RDF_XML)
        quads = [*_sound_quads(file.name, parser)] if format is RDF_XML else [*parser]
    if not quads:  # which can only be an accident
        raise fault(file.name, Text(de="Die Datei enthält keine Aussage.", en="the file contains no statement."))
    if graph is not None and format.content == "graph":
        quads = [in_graph(quad, graph) if isinstance(quad.graph_name, DefaultGraph) else quad for quad in quads]
    return Reading(file.name, relabel_blank_nodes(quads, file.name), parser.prefixes)


def read_prefixes(path: Path) -> dict[str, str]:
    """The prefixes that a file declares before its first statement; an error if it is no RDF up to there.

    RDF/XML and JSON-LD are checked as a whole; what JSON-LD ignores is logged.
    """
    file = file_at(path)
    format = format_of(file)
    with _open(file, format) as source:
        if gap := _gap(file, format):
            log.warning("%s", gap)
        parser = parse(source, format.rdf, base_iri=_base(file), lenient=format is RDF_XML)
        if next(parser, None) is None:
            log.warning("%s: the file contains no statement.", file.name)
    return parser.prefixes


def read_into(store: Store, path: Path) -> None:
    """Load a file of any size into a store; its blank nodes are distinct from those of other files."""
    file = file_at(path)
    format = format_of(file)
    with _open(file, format) as source:
        # Not in one transaction, since a file may be larger than memory.
        if format is RDF_XML:
            parser = parse(source, format.rdf, base_iri=_base(file), rename_blank_nodes=True, lenient=True)
            store.bulk_extend(_sound_quads(file.name, parser))
        else:
            store.bulk_load(source, format.rdf, base_iri=_base(file))


def refuse_gaps(file: File) -> None:
    """Refuse a file if its parser ignores a part of it."""
    if gap := _gap(file, format_of(file)):
        raise gap


def digest_of(file: File) -> str:
    """The SHA-256 of the decompressed content of a file in hexadecimal digits, a part at a time."""
    with _open(file) as source:
        return file_digest(source, "sha256").hexdigest()


def file_at(path: Path) -> File:
    """The file at a path that the caller gives."""
    return File(path.as_posix(), path)


def in_graph(statement: Quad | Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """The statement as a quad in this graph."""
    return Quad(statement.subject, statement.predicate, statement.object, graph)


def format_of(file: File) -> Format:
    """The format by the extension of the file's name; a CallError if there is none."""
    format = of_file(file.name)
    if format is None:
        with _open(file):  # a file that is missing or a folder is reported as that
            pass
        extensions = ", ".join(rdf_format.extension for rdf_format in RDF_FORMATS)
        raise CallError(
            de=f"{file.name}: Kein RDF-Format hat diese Endung; es gibt {extensions}, auch mit .gz oder .zst.",
            en=f"{file.name}: no RDF format has this extension; known are {extensions}, also with .gz or .zst.",
        )
    return format


@contextmanager
def _open(file: File, format: Format | None = None) -> Iterator["io.BufferedReader[Any]"]:
    """Open a file, decompressed by its extension and decoded for a format, and turn exceptions into our errors."""
    try:
        if isinstance(file.content, Path) and file.content.is_fifo():  # open() would wait for a writer
            raise CallError(
                de=f"{file.name}: Das ist eine Pipe; speichern Sie, was sie liefert, denn es wird zweimal gelesen.",
                en=f"{file.name}: this is a pipe; save its output to a file, since it is read twice.",
            )
        with file.content.open("rb") as raw:
            source = unpack(file, raw)
            yield decode(file, format, source) if format else source
    except SyntaxError as error:
        raise _syntax_fault(file, error) from error
    except (EOFError, gzip.BadGzipFile, zlib.error, ZstdError) as error:
        if "too much memory" in str(error):  # https://github.com/facebook/zstd/blob/v1.5.7/lib/common/error_private.c
            raise DatasetError(
                de=f"{file.name}: Zum Auspacken bräuchte Zstandard mehr als 128 MiB; packen Sie die Datei ohne --long.",
                en=f"{file.name}: to unpack it, Zstandard would need more than 128 MiB; pack the file without --long.",
            ) from error
        extension, packing = (".gz", "gzip") if file.name.lower().endswith(".gz") else (".zst", "Zstandard")
        raise DatasetError(
            de=f"{file.name}: Der Name endet auf {extension}, aber das ist keine vollständige {packing}-Datei.",
            en=f"{file.name}: the name ends with {extension}, but this is not a complete {packing} file.",
        ) from error
    except MemoryError as error:
        if not error.args:  # the process is out of memory, not the buffer of the parser
            raise
        with _open(file) as source:
            raise fault(file.name, TOO_LONG, overlong_line(source)) from error
    except UnicodeDecodeError as error:
        excerpt = error.object[max(error.start - EXCERPT_CHARS, 0) : error.end].decode(error.encoding, "replace")
        reason = untranslated("{} ({}).").format(undecodable(error.encoding), _printable(excerpt).strip())
        raise fault(file.name, reason) from error
    except OSError as error:
        if error.errno is None:  # it is about the store, which could not be written
            raise
        raise CallError(untranslated(f"{file.name}: {error.strerror}.")) from error


def _gap(file: File, format: Format) -> DatasetError | None:
    """The error for what the parser of JSON-LD would ignore in a file; other faults of it or of RDF/XML are raised."""
    with _open(file, format) as source:
        if format is RDF_XML:
            refuse_xml_faults(file.name, source)
        elif format is JSON_LD and (keys := undefined_keys(file.name, source.read(), _base(file))):
            names = shorten(", ".join(key or '""' for key in keys))
            reason = Text(
                de=f"Kein Kontext erklärt diese Schlüssel oder Namen, und was bei ihnen steht, fehlt: {names}.",
                en=f"no context defines these keys or names, so what they stand for is left out: {names}.",
            )
            return fault(file.name, reason)
    return None


def _sound_quads(file: str, quads: Iterable[Quad]) -> Iterator[Quad]:
    """The quads of the lenient parser of RDF/XML, without malformed ones and with its empty language tags removed.

    The strict parser refuses an empty tag, which ends the scope of a language:
    https://www.w3.org/TR/rdf-syntax-grammar/#section-Syntax-languages
    """
    for quad in quads:
        if isinstance(quad.object, Literal) and quad.object.language == "":
            quad = Quad(quad.subject, quad.predicate, Literal(quad.object.value), quad.graph_name)  # noqa: PLW2901
        check_terms(file, quad)
        yield quad


def _base(file: File) -> str:
    """The base of relative IRIs: the file's name, without the folder that it lies in."""
    return f"file:///{quote(os.fsencode(Path(file.name).name))}"


def _syntax_fault(file: File, error: SyntaxError) -> DatasetError:
    """The parser's error with file, line, column and the text around it."""
    message = re.sub(r"^Parser error (?:at|between) line .*?: ", "", error.msg).rstrip(".")
    reason = untranslated(_printable(message))
    if REMOTE_CONTEXT in message:
        reason = Text(
            de="Sie verweist auf einen Kontext anderswo, und es wird nichts geholt; schreiben Sie ihn in die Datei",
            en="it refers to a remote context, and nothing is fetched; put the context itself into the file",
        )
    if message.startswith(DIVIDED_TEXT):
        rest = " ".join(shorten(message.removeprefix(DIVIDED_TEXT)).split())
        reason = Text(
            de=f"Ein Text steht allein und in einem Stück da, ohne Element, Attribut, Kommentar und CDATA: {rest}",
            en=f"a text must stand alone and in one piece, without element, attribute, comment or CDATA: {rest}",
        )
    line, column = error.lineno, error.offset
    if format_of(file) is RDF_XML:
        with _open(file, RDF_XML) as source:
            line, column = line_of_fault(source), None
    if line and column:
        with _open(file, format_of(file)) as source:
            content = next(islice(source, line - 1, line), b"")[:MAX_LINE_BYTES]
        text = content.decode(errors="replace").rstrip()
        excerpt = _printable(text[max(column - EXCERPT_CHARS, 0) : column + EXCERPT_CHARS].strip())
        if TAG_WITH_UNDERSCORE.search(excerpt):
            reason = Text(de="Ein Sprachkürzel hat Bindestriche wie de-DE", en="a language tag has hyphens, like de-DE")
        if message == "Unexpected end of file" and LONE_SURROGATE.search(excerpt):
            reason = Text(de="Ein Surrogat steht ohne das andere da", en="a surrogate without the other one")
        if message.startswith("Invalid UTF-8"):
            reason = undecodable("utf-8")
        reason = untranslated("{} ({})" if excerpt else "{}").format(reason, excerpt)
    return fault(file.name, untranslated("{}.").format(reason), line, column)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def relabel_blank_nodes(quads: Iterable[Quad], file: str) -> list[Quad]:
    """The quads with labels of blank nodes that no other file has, and that are the same each time it is read."""
    prefix = sha256(os.fsencode(file)).hexdigest()[:8]  # a file name need not be text
    # The scope of a label is its file (https://www.w3.org/TR/rdf11-concepts/#section-blank-nodes).
    labels: dict[BlankNode, BlankNode] = {}

    def relabel(term: Any) -> Any:  # noqa: ANN401 - a term of the same type
        if isinstance(term, BlankNode):
            return labels.setdefault(term, BlankNode(f"b{prefix}n{len(labels)}"))
        if isinstance(term, Triple):
            return Triple(relabel(term.subject), term.predicate, relabel(term.object))
        return term

    return [Quad(relabel(s), p, relabel(o), relabel(g)) for s, p, o, g in quads]
