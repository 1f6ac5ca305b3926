"""The terminal: exit codes, errors of usage, the standard streams, and the printing of findings."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from ..bilingual import Language, Text, locale_language
from ..errors import CallError, not_utf8
from ..validation.findings import Finding

DONE, DATA_WRONG, CALL_WRONG, INTERRUPTED = 0, 1, 2, 130  # the last as in a shell: 128 + SIGINT
FILE = click.Path(path_type=Path, readable=False)  # opening the file tells whether it is readable


class UsageError(click.UsageError):
    """A usage error with a message in both languages, prefixed with the place of the mistake."""

    def __init__(self, where: str = "", ctx: click.Context | None = None, *, de: str, en: str) -> None:
        self.text = Text(de=f"{where}{de}", en=f"{where}{en}")
        super().__init__(self.text.en, ctx)


def decode(content: bytes, name: str) -> str:
    """Decode UTF-8, without the byte order mark that some editors write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CallError(not_utf8(name, error)) from error


language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "de"]),
    default=locale_language,
    show_default="that of the locale",
    help="Language of the messages.",
)


def open_standard_streams() -> None:
    """Connect closed standard streams to the null device, since other files would get their descriptors; write UTF-8.

    Bytes of a file name that are not UTF-8 are written as escapes.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # returns the lowest free descriptor, so this one (open(2))
    sys.stdout = sys.stdout or _open_null()
    sys.stderr = sys.stderr or _open_null()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def ignoring_closed_pipe() -> Iterator[None]:
    """Flush standard output at the end, and ignore that its reader has closed the pipe."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Else the interpreter reports the error when it flushes the buffer at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_findings(findings: list[Finding], language: Language, success: Text) -> int:
    """Print one line per finding, and `success` if none is a violation; return the exit code."""
    # Equal lines once: a second label violates two constraints of a shape, which share a message.
    lines = list(dict.fromkeys(finding.line(language) for finding in findings))
    code = exit_code(findings)
    with ignoring_closed_pipe():
        print("\n".join(lines if code else [*lines, success.say(language)]))
    return code


def exit_code(findings: list[Finding]) -> int:
    """Return the exit code for these findings."""
    return DATA_WRONG if any(finding.is_breach for finding in findings) else DONE


def _open_null() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
