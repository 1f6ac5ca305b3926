"""What a file is written in: packing, byte order marks and encodings, until it is text in UTF-8 as parsers take it."""

import codecs
import gzip
import io
import re
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import IO, Any

from zstandard import ZstdDecompressor, ZstdError

from ..bilingual import Text
from ..errors import DatasetError
from ..formats import RDF_XML, Format
from ..resources import File, read_toml

__all__ = ["ZstdError", "decode", "unpack"]

BUFFER = 1 << 18
PACKED = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PK\x03\x04": "ZIP",
    b"BZh91AY": "bzip2",
    b"\xfd7zXZ\0": "XZ",
}
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
UNMARKED = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}  # https://www.w3.org/TR/xml/#sec-guessing
# https://docs.python.org/3/library/codecs.html#python-specific-encodings
OF_PYTHON = {"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["'][^>]*>""")
ENCODING = re.compile(r"""(^\s*<\?xml\s[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
# What is saved under a wrong name begins as no RDF in the format of the name does.
OTHERS = [
    (re.compile(row["begins"].encode()), Text(**row["is"]), Text(**row["remedy"]))
    for row in read_toml(__package__, "others.toml")["others"]
]


def unpack(file: File, raw: IO[bytes]) -> "io.BufferedReader[Any]":
    """The content of a file whose name may end with .gz or .zst."""
    source = io.BufferedReader(Pieces(partial(raw.read, BUFFER)), BUFFER)
    name = file.name.lower()
    if name.endswith((".gz", ".zst")) and not source.peek(1):
        raise EOFError
    if name.endswith(".gz"):
        return io.BufferedReader(gzip.GzipFile(fileobj=source), BUFFER)
    if name.endswith(".zst"):
        # A file may have several frames (RFC 8878, section 3); the library stops after one if not told to go on:
        # https://github.com/indygreg/python-zstandard/issues/196
        stream = ZstdDecompressor().stream_reader(source, read_across_frames=True)
        return io.BufferedReader(Pieces(lambda: stream.read(BUFFER)), BUFFER)
    return source


def decode(file: File, form: Format, source: "io.BufferedReader[Any]") -> "io.BufferedReader[Any]":
    """The content as UTF-8 without a byte order mark; what is no text of the format is told by its real name."""
    start = source.peek(BUFFER)[:BUFFER]
    if packing := next((name for sign, name in PACKED.items() if start.startswith(sign)), ""):
        raise DatasetError(
            de=f"{file.name}: Die Datei ist (noch einmal) mit {packing} gepackt; packen Sie sie einmal mehr aus.",
            en=f"{file.name}: the file is packed with {packing} (once more); unpack it once more.",
        )
    for begins, what, remedy in OTHERS:
        if what.en != form.name and begins.match(start):
            raise DatasetError(
                de=f"{file.name}: Das ist {what.de}, kein {form.name}; {remedy.de}.",
                en=f"{file.name}: this is {what.en}, no {form.name}; {remedy.en}.",
            )
    mark = next((name for sign, name in MARKS.items() if start.startswith(sign)), "")
    if form is RDF_XML:
        return _decode_xml(file, source, start, mark)
    if mark.startswith(("utf-16", "utf-32")) or 0 in start[:2]:  # no text begins with NUL, nor has it second
        encoding = mark.upper() or "UTF-16"
        raise DatasetError(
            de=f"{file.name}: Die Datei ist in {encoding} geschrieben; {form.name} braucht UTF-8.",
            en=f"{file.name}: the file is written in {encoding}; {form.name} needs UTF-8.",
        )
    if mark:
        source.read(len(codecs.BOM_UTF8))
    return source


def _decode_xml(file: File, source: "io.BufferedReader[Any]", start: bytes, mark: str) -> "io.BufferedReader[Any]":
    declared = DECLARATION.match(start.removeprefix(codecs.BOM_UTF8))
    unmarked = next((name for sign, name in UNMARKED.items() if start.startswith(sign)), "")
    encoding = mark or unmarked or (declared[1].decode() if declared else "utf-8")
    try:
        name = codecs.lookup(encoding).name
        if name in OF_PYTHON:
            raise LookupError(name)
        text = io.TextIOWrapper(source, encoding)  # which knows the codecs that are no encoding of a text
    except LookupError as error:
        raise DatasetError(
            de=f"{file.name}: Die Kodierung {encoding} ist nicht bekannt; schreiben Sie die Datei in UTF-8.",
            en=f"{file.name}: the encoding {encoding} is not known; write the file in UTF-8.",
        ) from error
    if not mark and not unmarked and name.startswith(("utf-16", "utf-32")):
        raise DatasetError(
            de=f"{file.name}: Die Datei nennt {encoding} als ihre Kodierung, ist aber nicht so geschrieben.",
            en=f"{file.name}: the file declares the encoding {encoding}, but is not written in it.",
        )
    start_of_text = ENCODING.sub(r"\1", text.read(BUFFER), count=1)
    pieces = chain([start_of_text], iter(partial(text.read, BUFFER), ""))
    return io.BufferedReader(Pieces(lambda: next(pieces, "").encode()), BUFFER)


class Pieces(io.RawIOBase):
    """A stream of what a function answers, until it answers nothing."""

    def __init__(self, piece: Callable[[], bytes]) -> None:
        self._piece, self._rest = piece, memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever can be written to
        """Fill as much of a buffer as there is for it; 0 at the end."""
        self._rest = self._rest or memoryview(self._piece())
        number = min(len(buffer), len(self._rest))
        buffer[:number], self._rest = self._rest[:number], self._rest[number:]
        return number
