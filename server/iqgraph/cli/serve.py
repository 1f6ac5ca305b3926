"""The commands that run the service: serve, reload, config."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from ..client import Server, login
from ..configuration.declared import GROUPS, SETTINGS
from ..configuration.effective import CONFIG, Configuration, effective
from ..configuration.written import lines, toml
from ..dataset import Dataset, load, load_plain
from ..dataset.progress import progress
from ..dataset.storage import kept, renewed, settle
from ..engine import Limits
from ..engine.workers.sandbox import set_title
from ..errors import DatasetError
from ..settings import Settings
from .command import DONE


def add_serve(command: argparse.ArgumentParser) -> None:
    """`iqgraph serve [FILE …]`, with a flag for each setting."""
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="RDF to serve instead of the graph")
    _add_settings(command)
    command.set_defaults(run=_serve)


def add_config(command: argparse.ArgumentParser) -> None:
    """`iqgraph config`, with the flags of `serve`."""
    command.add_argument("--format", choices=("text", "toml"), default="text", help="lines, or a file for --config")
    _add_settings(command)
    command.set_defaults(run=_config)


def add_reload(command: argparse.ArgumentParser) -> None:
    """`iqgraph reload`, with the settings that say where the server is."""
    _add_settings(command, ["Where it answers"])
    command.set_defaults(run=_reload)


def _add_settings(command: argparse.ArgumentParser, groups: Iterable[str] = GROUPS) -> None:
    command.add_argument("--config", type=Path, metavar="FILE", help=f"TOML file of settings ({CONFIG})")
    for group in groups:
        room = command.add_argument_group(group)
        for setting in GROUPS[group]:
            if setting.secret:
                continue
            default = "" if setting.default in ("", ()) else f" ({setting.usual or setting.default})"
            about = f"{setting.meaning.replace('`', '')}{default}".replace("%", "%%")
            add = partial(room.add_argument, setting.flag, metavar=setting.unit, default=argparse.SUPPRESS, help=about)
            if setting.many or setting.alternative:
                add(nargs="+", action="extend")
            else:
                add()


def _configured(options: argparse.Namespace) -> Configuration:
    given = {name.replace("_", "-"): text for name, text in vars(options).items()}
    return effective({name: given[name] for name in SETTINGS if name in given}, file=options.config)


def _config(options: argparse.Namespace) -> int:
    configuration = _configured(options)
    print(toml(configuration) if options.format == "toml" else lines(configuration))
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from ..service.requests import journal  # noqa: PLC0415 - only this command needs the web
    from ..service.requests.operation import Operation  # noqa: PLC0415
    from ..service.serving import Renewal, Service, serve  # noqa: PLC0415

    configuration = _configured(options)
    credentials = login(*(configuration[f"engine-{name}"] for name in ("user", "password", "token")))
    engine = Server(configuration["engine"], credentials) if configuration["engine"] else None
    services = tuple(map(Server, configuration["allow-service"]))
    service = Service(
        configuration["host"],
        configuration["port"],
        Limits.of(configuration),
        engine,
        services,
        settings=Settings.of(configuration),
        operation=Operation.of(configuration),
        grace=configuration["grace"],
    )
    journal.begin(configuration["log-level"], configuration["log-format"], configuration["log-file"])
    store = Path(configuration["store"]) if configuration["store"] else None
    files = options.files
    first, again = partial(_dataset, files, store), partial(_dataset, files, store, anew=True)
    renewal = Renewal(again, first)
    if store and files:  # what is served lies in the store, whatever has become of the files
        renewal = Renewal(again, partial(_dataset, (), store), partial(settle, store))
    set_title("iqgraph master", *sys.argv[2:])
    serve(first, service, renewal=renewal)
    return DONE


def _dataset(files: Sequence[Path], store: Path | None, *, anew: bool = False) -> Dataset:
    if not files and store is None:
        return load()
    with progress(files) as watch:
        if store is None:
            return load_plain(files, watch)
        return renewed(store, files, watch) if anew else kept(store, files, watch)


def _reload(options: argparse.Namespace) -> int:
    from ..service.processes.control import reload  # noqa: PLC0415 - only this command needs the service

    configuration = _configured(options)
    code, lines = reload(configuration["host"], configuration["port"])
    if code == DONE:
        print("\n".join(lines))
        return DONE
    *findings, reason = lines
    print("\n".join(findings), end="\n" if findings else "")
    raise DatasetError(reason)
