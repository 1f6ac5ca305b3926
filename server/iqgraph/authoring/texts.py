"""The text of a document as a file: read as it is, or refused with what to do, since positions count its characters."""

import codecs
from pathlib import Path

from ..bilingual import Text
from ..errors import CallError, sentence

MARKS = {
    codecs.BOM_UTF8: "UTF-8 (BOM)",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 with line feeds alone; a CallError says what else it is, and how to change that."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CallError(sentence(error)) from error
    mark = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    if mark == "UTF-16":
        raise _other(path, "UTF-16")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _other(path, "WINDOWS-1252", error.start) from error
    if mark:
        raise _error(
            path,
            Text(de="Am Anfang steht eine Marke (BOM).", en="it begins with a byte order mark."),
            f"sed -i '1s/^\\xef\\xbb\\xbf//' {path.name}",
        )
    if "\r" in text:
        raise _error(
            path,
            Text(de="Die Zeilen enden wie unter Windows (CR LF).", en="its lines end as on Windows (CR LF)."),
            f"tr -d '\\r' < {path.name} > text.txt",
        )
    return text


def _other(path: Path, encoding: str, place: int = 0) -> CallError:
    return _error(
        path,
        Text(
            de=f"Der Text ist nicht in UTF-8, siehe Byte {place}; vielleicht ist er in {encoding}.",
            en=f"the text is not UTF-8, see byte {place}; perhaps it is {encoding}.",
        ),
        f"iconv -f {encoding} -t UTF-8 {path.name} > text.txt",
    )


def _error(path: Path, reason: Text, remedy: str) -> CallError:
    return CallError(
        de=f"{path}: {reason.de} Schreiben Sie ihn um, etwa mit: {remedy}",
        en=f"{path}: {reason.en} Convert it, for instance by: {remedy}",
    )
