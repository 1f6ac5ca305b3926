"""The command for agents: the Model Context Protocol on the standard streams."""

import sys
from contextlib import closing

import click

from ..dataset import load
from ..engine import Isolated, Limits, Versioned
from .terminal import locale_language


@click.command()
@click.option("--endpoint", metavar="URL", help="Ask a running server, at the address of its /sparql.")
def mcp(endpoint: str | None) -> None:
    """Answer agents of language models (MCP) on standard input and output."""
    from ..web import create_app  # noqa: PLC0415 - only this command and serve need the web
    from ..web.agents import streams  # noqa: PLC0415

    if endpoint:
        streams.run(
            streams.forwarding(endpoint, lambda text: text.say(locale_language())), sys.stdin.buffer, sys.stdout.buffer
        )
        return
    dataset, limits = load(), Limits()
    with closing(Isolated(Versioned(dataset.store, dataset.prefixes, limits.answer), limits)) as engine:
        engine.start()
        app = create_app(dataset, engine=engine)
        streams.run(streams.answering(app), sys.stdin.buffer, sys.stdout.buffer)
