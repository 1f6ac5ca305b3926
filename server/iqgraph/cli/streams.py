"""The standard streams, made ready: open, and in UTF-8."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def prepare() -> None:
    """Open the standard streams that are closed, since their numbers would go to files that are none; write UTF-8."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or _nobody()
    sys.stderr = sys.stderr or _nobody()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


@contextmanager
def perhaps_unread() -> Iterator[None]:
    """What is printed here comes whole to whoever reads it; that nobody reads any more is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter would complain when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nobody() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
