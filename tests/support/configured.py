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
    """The call of `iqgraph config` with these flags, this file and only these variables of ours."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    words = [*flags, *(["--config", str(file)] if file else [])]
    with (
        patch.dict(os.environ, {**others, **(environment or {})}, clear=True),
        config.make_context("iqgraph config", words) as call,
    ):
        yield call


def settings(*flags: str, environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """The settings of such a call."""
    with context(*flags, environment=environment, file=file) as call:
        return read_settings(call)


def refusal(*flags: str, environment: Mapping[str, str] | None = None, file: Path | None = None) -> str:
    """The error message of a call; empty if it is valid."""
    try:
        settings(*flags, environment=environment, file=file)
    except click.UsageError as error:
        return message(error).en
    return ""
