"""The command line: the only package that prints. Exit codes: 0 done, 1 the data is wrong, 2 the call is wrong."""

import sys
from collections.abc import Sequence

import click

from .. import __version__
from ..bilingual import Text, locale_language
from ..dataset.profile import BUNDLED
from ..engine import QueryError, QuerySyntaxError
from ..errors import CallError, DatasetError, sentence
from .author import document
from .data import build, push, query, release, seal, validate, verify
from .options import message
from .serve import config, mcp, reload, serve
from .terminal import CALL_WRONG, DATA_WRONG, DONE, INTERRUPTED, ignoring_closed_pipe, open_standard_streams

COMMANDS = (serve, reload, config, mcp, build, validate, verify, query, push, seal, release, document)


@click.group(commands=COMMANDS, no_args_is_help=False, help=f"{BUNDLED.title.en}.")
@click.version_option(__version__, message="%(version)s")
def program() -> None:
    """Everything that can be done with the bundled dataset, or with files of one's own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    open_standard_streams()
    code: int = DONE
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # Not click's `main`, which ends the process, and has one exit code for all errors.
        with ignoring_closed_pipe(), program.make_context("iqgraph", arguments) as ctx:
            code = program.invoke(ctx) or DONE
    except click.exceptions.Exit as error:
        return error.exit_code
    except (DatasetError, CallError, QueryError, OSError, click.ClickException) as error:
        print(f"iqgraph: {' '.join(_message(error).split())}", file=sys.stderr)
        return DATA_WRONG if isinstance(error, DatasetError) else CALL_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _message(error: Exception) -> str:
    """Return the error message in the language of the locale."""
    text = message(error) if isinstance(error, click.ClickException) else sentence(error)
    if isinstance(error, QuerySyntaxError):
        text = Text(
            de=f"Die Abfrage, Zeile {error.line}, Spalte {error.column}: {text.de}",
            en=f"The query, line {error.line}, column {error.column}: {text.en}",
        )
    return text.say(locale_language())
