"""The commands that run the service and print its settings: serve, reload, mcp, config."""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import click

from ..bilingual import Text, locale_language
from ..dataset import load, load_plain
from ..dataset.reading import file_at, refuse_gaps
from ..dataset.storage import open_or_load, reload_store, settle
from ..engine.workers.worker import set_title
from ..errors import CallError, DatasetError
from ..resources import packaged
from ..service.checking import ServiceData, load_bundled
from ..settings import LIMITS, NETWORK, SETTINGS, Setting, Settings
from .author import complaints
from .options import DEFAULT, SettingsCommand, origin
from .terminal import DONE, FILE, UsageError

HIDDEN = "(hidden)"
DRAFT_READY = Text(de="Der Entwurf steht unter {} (Strg-C beendet)", en="The draft is at {} (Ctrl-C ends it)")


@click.command(cls=SettingsCommand)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FILE, help="RDF to serve instead of the bundled graph.")
@click.option("--strict", is_flag=True, help="Refuse JSON-LD with keys that yield no triples.")
@click.option("--draft", metavar="NAME", help="Show the draft of a document, to you alone.")
@click.option("--text", metavar="FILE", type=FILE, help="The text of the draft.")
def serve(files: tuple[Path, ...], *, strict: bool, draft: str | None, text: Path | None, settings: Settings) -> None:
    """Serve the graph, or any RDF files, over HTTP."""
    if strict and not files:
        raise UsageError(de="--strict gilt für Dateien; nennen Sie welche.", en="--strict applies to files; name some.")
    if draft or text:
        _serve_draft(settings, draft, text, files)
        return
    from ..service import serving  # noqa: PLC0415 - only this command needs the web and workers
    from ..service.processes.master import Loaders  # noqa: PLC0415
    from ..service.requests import logs  # noqa: PLC0415

    logs.configure_logging(settings.log_level, settings.log_format, settings.log_file)
    store = Path(settings.store) if settings.store else None
    first = partial(_dataset, files, store, strict=strict)
    loaders = Loaders(start=first, reload=partial(first, anew=True), replacement=first)
    if store and files:  # the store has the data even if the files have changed
        loaders = loaders._replace(replacement=partial(_dataset, (), store), settle=partial(settle, store))
    set_title("iqgraph master", *sys.argv[2:])  # the options tell several servers apart in `ps`
    serving.serve(loaders, settings)


class QuietHandler(WSGIRequestHandler):
    """A request handler that logs nothing, since the URL of a draft contains its token."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def _serve_draft(settings: Settings, name: str | None, text: Path | None, files: Sequence[Path]) -> None:
    """Serve a draft to its author, on the loopback interface only, until interrupted."""
    from ..web.draft import LOOPBACK, Draft, create_draft  # noqa: PLC0415 - only this command needs the web

    if not name or not text or files:
        raise UsageError(
            de="--draft und --text gehören zusammen, und andere Dateien werden damit nicht bereitgestellt.",
            en="--draft and --text belong together, and no other files are served with them.",
        )
    if settings.host not in LOOPBACK:
        raise CallError(
            de=f"--host {settings.host}: Ein Entwurf ist nur auf dem eigenen Rechner zu sehen; nehmen Sie 127.0.0.1.",
            en=f"--host {settings.host}: a draft is served on this machine only; use 127.0.0.1.",
        )
    draft = Draft(packaged().data, name, text, complaints, locale_language())
    draft.read(draft.files())
    Thread(target=draft.watch, daemon=True).start()
    with make_server(settings.host, settings.port, create_draft(draft), handler_class=QuietHandler) as server:
        address = f"http://{settings.host}:{server.server_port}/{draft.token}/"
        print(DRAFT_READY.say(draft.language).format(address), flush=True)
        server.serve_forever()


@click.command(cls=SettingsCommand, groups=[NETWORK])
def reload(settings: Settings) -> None:
    """Make the running server load its data again."""
    from ..service.processes import sockets  # noqa: PLC0415 - only this command needs the service

    code, findings, outcome = sockets.reload(settings.host, settings.port)
    print("\n".join(findings), end="\n" if findings else "")
    if code != DONE:
        raise DatasetError(outcome)
    print(outcome.say(locale_language()))


@click.command(cls=SettingsCommand, groups=[LIMITS])
@click.option("--endpoint", metavar="URL", help="Use a running server, by the URL of its /sparql.")
def mcp(endpoint: str | None, settings: Settings) -> None:
    """Answer agents of language models (MCP) on standard input and output."""
    from ..web.agents import transports  # noqa: PLC0415 - only this command and serve need the web

    standard = sys.stdin.buffer, sys.stdout.buffer
    if endpoint:
        transports.run(partial(transports.forward, transports.mcp_server(endpoint), locale_language()), *standard)
        return
    from ..service.serving import isolated_engine  # noqa: PLC0415
    from ..web import create_app  # noqa: PLC0415

    dataset, loop = load(), asyncio.new_event_loop()
    engine = isolated_engine(dataset, settings)
    engine.attach(loop)
    Thread(target=loop.run_forever, name="pool", daemon=True).start()  # the workers exit with this process
    app = create_app(dataset, engine=engine)
    transports.run(partial(transports.answer_locally, app), *standard)


def _dataset(files: Sequence[Path], store: Path | None, *, strict: bool = False, anew: bool = False) -> ServiceData:
    for file in files if strict else ():
        refuse_gaps(file_at(file))
    if not files and store is None:
        return load_bundled()
    if store is None:
        return ServiceData(load_plain(files))
    return ServiceData(reload_store(store, files) if anew else open_or_load(store, files))


@click.command(cls=SettingsCommand)
@click.pass_context
def config(ctx: click.Context, settings: Settings) -> None:
    """Print every setting, and where it is from."""
    origins = {key: origin(ctx, setting) for key, setting in SETTINGS.items()}
    values = {key: _format(setting, settings, origins[key]) for key, setting in SETTINGS.items()}
    key_width, value_width = max(map(len, values)), max(map(len, values.values()))
    for key, value in values.items():
        print(f"{key:{key_width}}  {value:{value_width}}  {origins[key]}")


def _format(setting: Setting, settings: Settings, where: str) -> str:
    """Return the value of a setting as text; that of a secret is hidden."""
    value = getattr(settings, setting.name)
    if setting.secret:
        return HIDDEN if where != DEFAULT else "-"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return (" ".join(map(str, value)) if isinstance(value, tuple) else str(value)) or "-"
