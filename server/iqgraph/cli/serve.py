"""The commands that run the service: serve, reload."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from ..dataset import Dataset, load, load_plain
from ..dataset.storage import open_or_load, reload_store, settle
from ..engine.workers.sandbox import set_title
from ..errors import DatasetError
from ..settings import NETWORK
from .options import ConfiguredCommand, read_settings
from .terminal import DONE, FILE, progress


@click.command(cls=ConfiguredCommand)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FILE, help="RDF to serve instead of the graph.")
@click.pass_context
def serve(ctx: click.Context, /, files: tuple[Path, ...], **_: object) -> None:
    """Serve the graph, or any RDF files, over HTTP."""
    from ..service import serving  # noqa: PLC0415 - only this command needs the web
    from ..service.requests import journal  # noqa: PLC0415

    settings = read_settings(ctx)
    journal.begin(settings.log_level, settings.log_format, settings.log_file)
    store = Path(settings.store) if settings.store else None
    first, again = partial(_dataset, files, store), partial(_dataset, files, store, anew=True)
    renewal = serving.Renewal(again, first)
    if store and files:  # what is served lies in the store, whatever has become of the files
        renewal = serving.Renewal(again, partial(_dataset, (), store), partial(settle, store))
    set_title("iqgraph master", *sys.argv[2:])
    serving.serve(first, settings, renewal=renewal)


@click.command(cls=ConfiguredCommand, groups=[NETWORK])
@click.pass_context
def reload(ctx: click.Context, /, **_: object) -> None:
    """Let the running server load its data again."""
    from ..service.processes import control  # noqa: PLC0415 - only this command needs the service

    settings = read_settings(ctx)
    code, lines = control.reload(settings.host, settings.port)
    if code == DONE:
        print("\n".join(lines))
        return
    *findings, reason = lines
    print("\n".join(findings), end="\n" if findings else "")
    raise DatasetError(reason)


def _dataset(files: Sequence[Path], store: Path | None, *, anew: bool = False) -> Dataset:
    if not files and store is None:
        return load()
    with progress(files) as watch:
        if store is None:
            return load_plain(files, watch)
        return reload_store(store, files, watch) if anew else open_or_load(store, files, watch)
