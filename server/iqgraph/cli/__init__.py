"""The command line: the only package that prints. Exit codes: 0 done, 1 the data is wrong, 2 the call is wrong."""

import sys
from collections.abc import Sequence

from .. import __version__
from ..engine import QueryError, QuerySyntaxError
from ..errors import CallError, DatasetError, sentence
from .ask import add_query
from .check import add_seal, add_validate, add_verify
from .command import CALL_WRONG, DATA_WRONG, DONE, INTERRUPTED, Parser
from .publish import add_build, add_push, add_release
from .serve import add_config, add_reload, add_serve
from .streams import perhaps_unread, prepare

COMMANDS = {
    "serve": (add_serve, "serve the graph, or any RDF files, over HTTP"),
    "reload": (add_reload, "let the running server load its data again, without a gap"),
    "config": (add_config, "print the configuration that serve would use, and where each value is from"),
    "build": (add_build, "write all files of the release"),
    "validate": (add_validate, "check the graph against its shapes and its evidence"),
    "verify": (add_verify, "check offsets and hashes against the text of the document"),
    "query": (add_query, "answer a SPARQL query"),
    "push": (add_push, "load the graph into another SPARQL engine"),
    "seal": (add_seal, "renew the seals after an intended change of the data"),
    "release": (add_release, "keep the graph as it is as the release of a version"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code."""
    prepare()
    code: int = DONE
    try:
        options = parser().parse_args(arguments)
        with perhaps_unread():
            code = options.run(options)
    except (DatasetError, CallError, QueryError, OSError) as error:
        print(f"iqgraph: {' '.join(_sentence(error).split())}", file=sys.stderr)
        return DATA_WRONG if isinstance(error, DatasetError) else CALL_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def parser() -> Parser:
    """What can be called, and how."""
    top = Parser(prog="iqgraph", description="The IQ Hessen Knowledge Graph.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for name, (add, about) in COMMANDS.items():
        add(commands.add_parser(name, help=about))
    return top


def _sentence(error: Exception) -> str:
    if isinstance(error, QuerySyntaxError):
        return f"The query, line {error.line}, column {error.column}: {error}"
    return sentence(error)
