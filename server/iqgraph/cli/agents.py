"""The command for agents: the Model Context Protocol on the standard streams."""

import sys
from contextlib import closing

import click

from ..dataset import load
from ..engine import Limits
from .terminal import locale_language


@click.command()
@click.option("--endpoint", metavar="URL", help="Ask a running server, at the address of its /sparql.")
def mcp(endpoint: str | None) -> None:
    """Answer agents of language models (MCP) on standard input and output."""
    from ..web.agents import transports  # noqa: PLC0415 - only this command and serve need the web

    standard = sys.stdin.buffer, sys.stdout.buffer
    if endpoint:
        transports.run(transports.forwarding(endpoint, lambda text: text.say(locale_language())), *standard)
        return
    from ..service.serving import isolated  # noqa: PLC0415
    from ..web import create_app  # noqa: PLC0415
    from ..web.site import EXTENSION  # noqa: PLC0415

    app = create_app(load())
    with closing(isolated(app.extensions[EXTENSION], Limits())) as engine:
        engine.start()
        app.extensions[EXTENSION] = app.extensions[EXTENSION].with_engine(engine)
        transports.run(transports.answering(app), *standard)
