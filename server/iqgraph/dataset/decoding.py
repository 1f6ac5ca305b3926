"""Decoding of files: compression, byte order marks and encodings, up to the UTF-8 that parsers read."""

import codecs
import gzip
import io
import re
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import IO, Any

from zstandard import ZstdDecompressor, ZstdError

from ..bilingual import Text, untranslated
from ..errors import DatasetError
from ..formats import RDF_XML, Format
from ..resources import File, read_toml

__all__ = ["ZstdError", "decode", "overlong_line", "undecodable", "unpack"]

BUFFER = 1 << 18
COMPRESSION_SIGNATURES = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PK\x03\x04": "ZIP",
    b"BZh91AY": "bzip2",
    b"\xfd7zXZ\0": "XZ",
    b"\x04\x22\x4d\x18": "LZ4",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
}
# Byte order marks, and XML without one: https://www.w3.org/TR/xml/#sec-guessing
ENCODING_SIGNATURES = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0?\0": "utf-16le",
    b"\0<\0?": "utf-16be",
}
WIDE_ENCODINGS = ("utf-16", "utf-32")
MAX_TERM_DEPTH = 100
# The parsers' own limit (https://docs.rs/oxttl/latest/src/oxttl/toolkit/parser.rs.html).
MAX_BUFFER_BYTES = 1 << 24
TOO_LONG = Text(
    de="Ein Wert oder Kommentar ist länger als 16 MiB, in JSON-LD als 8 MiB.",
    en="a value or a comment is longer than 16 MiB, or 8 MiB in JSON-LD.",
)
# Codecs of Python that no file is encoded in: https://docs.python.org/3/library/codecs.html#python-specific-encodings
PYTHON_CODECS = {"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
XML_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["'][^>]*>""")
ENCODING_DECLARATION = re.compile(r"""(^\s*<\?xml\s[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
# The beginnings of files that are often saved under a wrong name; no RDF in the format of the name begins so.
OTHER_FORMATS = [
    (re.compile(row["begins"].encode()), Text(**row["is"]), Text(**row["remedy"]))
    for row in read_toml(__package__, "others.toml")["others"]
]


def unpack(file: File, raw: IO[bytes]) -> "io.BufferedReader[Any]":
    """The content of a file, decompressed if its name ends with .gz or .zst."""
    source = io.BufferedReader(ChunkStream(partial(raw.read, BUFFER)), BUFFER)
    name = file.name.lower()
    if name.endswith((".gz", ".zst")) and not source.peek(1):
        raise EOFError
    if name.endswith(".gz"):
        return io.BufferedReader(gzip.GzipFile(fileobj=source), BUFFER)
    if name.endswith(".zst"):
        # A file may have several frames (RFC 8878, section 3); by default the library stops after the first:
        # https://github.com/indygreg/python-zstandard/issues/196
        stream = ZstdDecompressor().stream_reader(source, read_across_frames=True)
        return io.BufferedReader(ChunkStream(lambda: stream.read(BUFFER)), BUFFER)
    return source


def decode(file: File, format: Format, source: "io.BufferedReader[Any]") -> "io.BufferedReader[Any]":
    """The content in UTF-8 without a byte order mark; a DatasetError if it is not text of the format."""
    start = source.peek(BUFFER)[:BUFFER]
    if packing := _by_signature(COMPRESSION_SIGNATURES, start):
        raise DatasetError(
            de=f"{file.name}: Die Datei ist noch mit {packing} komprimiert; entpacken Sie sie.",
            en=f"{file.name}: the file is still compressed with {packing}; decompress it.",
        )
    for signature, name, remedy in OTHER_FORMATS:
        if name.en != format.name and signature.match(start):
            raise DatasetError(
                de=f"{file.name}: Das ist {name.de}, kein {format.name}; {remedy.de}.",
                en=f"{file.name}: this is {name.en}, not {format.name}; {remedy.en}.",
            )
    encoding = _by_signature(ENCODING_SIGNATURES, start)
    if format is RDF_XML:
        return _decode_xml(file, source, start, encoding)
    if encoding.startswith(WIDE_ENCODINGS) or 0 in start[:2]:  # no text has NUL as its first or second byte
        raise DatasetError(untranslated("{}: {}.").format(file.name, undecodable("utf-8")))
    if encoding:
        source.read(len(codecs.BOM_UTF8))
    return io.BufferedReader(ChunkStream(partial(_read_shallow, file, source)), BUFFER)


def overlong_line(source: IO[bytes]) -> int | None:
    """The first line that alone exceeds the limit of the parsers; None if only several lines together do."""
    chunks = enumerate(iter(lambda: source.readline(MAX_BUFFER_BYTES), b""), 1)
    return next((line for line, chunk in chunks if len(chunk) == MAX_BUFFER_BYTES), None)


def undecodable(encoding: str) -> Text:
    """The reason that a file cannot be decoded from UTF-8 or the encoding that it declares."""
    if encoding == "utf-8":
        return Text(de="Das ist kein UTF-8; speichern Sie die Datei in UTF-8", en="this is not UTF-8; save it in UTF-8")
    name = encoding.upper()
    return Text(
        de=f"Ein Byte ist nicht {name}; berichtigen Sie es oder die angegebene Kodierung",
        en=f"a byte is not {name}; correct it or the declared encoding",
    )


def _read_shallow(file: File, source: "io.BufferedReader[Any]") -> bytes:
    """The next bytes of a file; DatasetError if so many triple terms are nested that they exhaust the stack."""
    chunk = source.read1(BUFFER)
    if any(part.count(b"<<(") > MAX_TERM_DEPTH for part in chunk.split(b")>>")):
        raise DatasetError(
            de=f"{file.name}: Mehr als {MAX_TERM_DEPTH} Tripelterme stehen ineinander.",
            en=f"{file.name}: more than {MAX_TERM_DEPTH} triple terms are nested.",
        )
    return chunk


def _by_signature(names: dict[bytes, str], start: bytes) -> str:
    return next((name for signature, name in names.items() if start.startswith(signature)), "")


def _decode_xml(
    file: File, source: "io.BufferedReader[Any]", start: bytes, detected_encoding: str
) -> "io.BufferedReader[Any]":
    """The XML in UTF-8, from the encoding of its signature or its declaration."""
    declaration = XML_DECLARATION.match(start.removeprefix(codecs.BOM_UTF8))
    encoding = detected_encoding or (declaration[1].decode() if declaration else "utf-8")
    try:
        codec = codecs.lookup(encoding).name
        if codec in PYTHON_CODECS:
            raise LookupError(codec)
        text = io.TextIOWrapper(source, encoding)  # which refuses codecs that are no text encoding
    except LookupError as error:
        raise DatasetError(
            de=f"{file.name}: Die Kodierung {encoding} ist nicht bekannt; schreiben Sie die Datei in UTF-8.",
            en=f"{file.name}: the encoding {encoding} is unknown; save the file in UTF-8.",
        ) from error
    if not detected_encoding and codec.startswith(WIDE_ENCODINGS):
        raise DatasetError(
            de=f"{file.name}: Die Datei nennt {encoding} als ihre Kodierung, ist aber nicht so geschrieben.",
            en=f"{file.name}: the file declares the encoding {encoding}, but is not encoded in it.",
        )
    first_chunk = ENCODING_DECLARATION.sub(r"\1", text.read(BUFFER), count=1)
    chunks = chain([first_chunk], iter(partial(text.read, BUFFER), ""))
    return io.BufferedReader(ChunkStream(lambda: next(chunks, "").encode()), BUFFER)


class ChunkStream(io.RawIOBase):
    """A binary stream of the chunks that a function returns, up to an empty one."""

    def __init__(self, read_chunk: Callable[[], bytes]) -> None:
        self._read_chunk, self._rest = read_chunk, memoryview(b"")

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        """Read bytes into a buffer and return their number; 0 at the end."""
        self._rest = self._rest or memoryview(self._read_chunk())
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
