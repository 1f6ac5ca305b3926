"""Settings as a command reads them: from flags, an environment and a file."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import click

from iqgraph.cli.options import message, read_settings
from iqgraph.cli.serve import config
from iqgraph.settings import PREFIX, Settings


@contextmanager
def context(
    *flags: str, environment: Mapping[str, str] | None = None, file: Path | None = None
) -> Iterator[click.Context]:
    """The call of `iqgraph config` with these flags, this file and no other variables of ours than these."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    words = [*flags, *(["--config", str(file)] if file else [])]
    with (
        patch.dict(os.environ, {**others, **(environment or {})}, clear=True),
        config.make_context("iqgraph config", words) as found,
    ):
        yield found


def settings(*flags: str, environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """The settings of such a call."""
    with context(*flags, environment=environment, file=file) as found:
        return read_settings(found)


def refusal(*flags: str, environment: Mapping[str, str] | None = None, file: Path | None = None) -> str:
    """What is said of a wrong call; empty if it is right."""
    try:
        settings(*flags, environment=environment, file=file)
    except click.UsageError as error:
        return message(error).en
    return ""
