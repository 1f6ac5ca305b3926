"""The terminal: the standard streams made ready, and what is printed there."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from ..bilingual import Language, Text, locale_language
from ..validation.findings import Finding

DONE, DATA_WRONG, CALL_WRONG, INTERRUPTED = 0, 1, 2, 130
FILE = click.Path(path_type=Path, readable=False)  # whether it can be read, opening it tells


class UsageError(click.UsageError):
    """A wrong call, explained in both languages; it may begin with the place where something is wrong."""

    def __init__(self, where: str = "", ctx: click.Context | None = None, *, de: str, en: str) -> None:
        self.text = Text(de=f"{where}{de}", en=f"{where}{en}")
        super().__init__(self.text.en, ctx)


def decode(content: bytes, name: str) -> str:
    """What is written in UTF-8, without the byte order mark with which some editors begin."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.start
        raise UsageError(
            f"{name}: ", de=f"Das ist kein UTF-8, siehe Byte {byte}.", en=f"this is not UTF-8, see byte {byte}."
        ) from error


language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "de"]),
    default=locale_language,
    show_default="that of the locale",
    help="Language of the messages.",
)


def prepare() -> None:
    """Open the standard streams that are closed, since their numbers would go to files that are none; write UTF-8.

    A name of a file need not be text; what no letter stands for is written as an escape.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, so this one (open(2))
    sys.stdout = sys.stdout or _nobody()
    sys.stderr = sys.stderr or _nobody()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def ignoring_closed_pipe() -> Iterator[None]:
    """What is printed here comes whole to whoever reads it; that nobody reads any more is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter would complain when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_findings(findings: list[Finding], language: Language, success: Text) -> int:
    """Print one line a finding, equal ones once, and the success if there is no breach; the exit code."""
    # A second label breaks two constraints of one shape, which have one message.
    lines = list(dict.fromkeys(finding.line(language) for finding in findings))
    code = exit_code(findings)
    with ignoring_closed_pipe():
        print("\n".join(lines if code else [*lines, success.say(language)]))
    return code


def exit_code(findings: list[Finding]) -> int:
    """The exit code for what was found."""
    return DATA_WRONG if any(finding.is_breach for finding in findings) else DONE


def _nobody() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
