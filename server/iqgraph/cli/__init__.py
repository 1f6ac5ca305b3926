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
from .terminal import CALL_WRONG, DATA_WRONG, DONE, INTERRUPTED, ignoring_closed_pipe, prepare

COMMANDS = (serve, reload, config, mcp, build, validate, verify, query, push, seal, release, document)


@click.group(commands=COMMANDS, no_args_is_help=False, help=f"{BUNDLED.title.en}.")
@click.version_option(__version__, message="%(version)s")
def program() -> None:
    """Everything that can be done with the bundled dataset, or with files of one's own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code."""
    prepare()
    code: int = DONE
    given = sys.argv[1:] if arguments is None else arguments
    try:
        # Not click's own `main`, which ends the process and lets nobody tell an error of the data from one of the call.
        with ignoring_closed_pipe(), program.make_context("iqgraph", list(given)) as context:
            code = program.invoke(context) or DONE
    except click.exceptions.Exit as end:
        return end.exit_code
    except (DatasetError, CallError, QueryError, OSError, click.ClickException) as error:
        print(f"iqgraph: {' '.join(_sentence(error).split())}", file=sys.stderr)
        return DATA_WRONG if isinstance(error, DatasetError) else CALL_WRONG
    # As a shell has it: 128 and the number of the signal.
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _sentence(error: Exception) -> str:
    """What is wrong, in the language of the reader."""
    text = message(error) if isinstance(error, click.ClickException) else sentence(error)
    if isinstance(error, QuerySyntaxError):
        text = Text(
            de=f"Die Abfrage, Zeile {error.line}, Spalte {error.column}: {text.de}",
            en=f"The query, line {error.line}, column {error.column}: {text.en}",
        )
    return text.say(locale_language())
