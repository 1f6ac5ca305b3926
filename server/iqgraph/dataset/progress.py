"""Progress: how far the loading of large files is, if somebody looks at a terminal."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from .reading import Watch

LARGE = 4 << 20


@contextmanager
def progress(files: Sequence[Path]) -> Iterator[Watch]:
    """What to tell of each number of bytes that is read; draws a bar on a terminal once large files are being read."""
    size = sum(file.stat().st_size for file in files if file.is_file())
    if size < LARGE or not sys.stderr.isatty():
        yield bool
        return
    with ExitStack() as stack:
        yield _bar(size, stack)


def _bar(size: int, stack: ExitStack) -> Watch:
    start, read = time.monotonic(), 0

    def speed(_: object) -> str:
        return f"{read / 1e6 / max(time.monotonic() - start, 0.001):.1f} MB/s of {size / 1e6:.0f} MB"

    bar = click.progressbar(length=size, label="Loading", item_show_func=speed, file=sys.stderr)

    def watch(count: int) -> None:
        nonlocal read
        if not read:
            stack.enter_context(bar)
        read += count
        bar.update(count, count)

    return watch
