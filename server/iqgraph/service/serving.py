"""Running the site: what it is made of, and how it is started."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from flask import Flask

from ..client import Server
from ..dataset import Dataset, load
from ..engine import Federated, Isolated, Limits, Remote, Shared, Versioned, admit, fingerprint
from ..errors import CallError, DatasetError
from ..release import release
from ..settings import Settings
from ..validation.report import report
from ..web import create_app
from ..web.monitoring import METRICS, Metrics
from ..web.site import EXTENSION, Site
from .checking import Checks
from .processes.control import control, path
from .processes.listener import reserve
from .processes.master import Loads, Master
from .processes.server import Announce
from .requests.front import Front
from .requests.operation import Operation
from .system import READY, make_stderr_nonblocking, notify, raise_fd_limit

log = logging.getLogger(__name__)
Make = Callable[[], Dataset]
say: Announce = partial(print, flush=True)


def aloud(line: str) -> None:
    """Tell whoever looks at the output; that nobody can, since its disk is full or its reader gone, ends no service."""
    try:
        say(line)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclass(frozen=True, slots=True)
class Service:
    """Where to listen, what queries may use, which engine elsewhere answers them, and which services they may call.

    Once told to stop, the service gives running requests `grace` seconds.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    engine: Server | None = None
    services: tuple[Server, ...] = ()
    settings: Settings = Settings()  # noqa: RUF009 - it is frozen
    operation: Operation = field(default_factory=Operation)
    grace: float = 10.0


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a dataset is made again for a reload, and the same once more if the server is lost that had it.

    `settle` is told whether what was made again was `taken`, so that what lies on disk can be what is served.
    """

    again: Make
    same: Make
    settle: Callable[..., object] | None = None


def serve(
    make: Make = load,
    service: Service = Service(),
    announce: Announce = aloud,
    renewal: Renewal | None = None,
) -> None:
    """Serve a dataset until interrupted: ours if it is valid, any other as it is; it is made if the port is free.

    Without a renewal it is always made in the same way.
    """
    raise_fd_limit()
    make_stderr_nonblocking()
    listener = reserve(service.host, service.port)
    service = replace(service, port=listener.getsockname()[1])
    where = path(service.host, service.port)
    door = None
    try:
        door = control(where)
    except (OSError, CallError) as error:
        log.warning("iqgraph reload will not find this server, but SIGHUP will do: %s", error)
    gc.freeze()  # so that the collector does not write to what the processes share
    renewal = renewal or Renewal(make, make)
    app = partial(_app, service, Checks())
    loads = Loads(partial(app, make), partial(app, renewal.again), partial(app, renewal.same), renewal.settle)
    master = Master(loads, listener, service.grace, service.limits.seconds + service.limits.wait)
    try:
        master.run(announce, partial(_ready, announce, address(service.host, service.port)), door)
    finally:
        listener.close()
        if door:
            door.close()
            where.unlink(missing_ok=True)


def address(host: str, port: int) -> str:
    """The address of the start page."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _ready(announce: Announce, root: str, about: str) -> None:
    announce(f"Serving {about} at {root} (Ctrl-C ends it)")
    notify(READY)


def _app(
    service: Service, checks: Checks, make: Make, announce: Announce, lost: int
) -> tuple[str, Callable[[], Front]]:
    """What is served, and how its front is made; `lost` servers were lost before."""
    dataset = make()
    if service.engine:
        admit(service.engine, fingerprint(dataset))
    app = _checked_app(dataset, service, checks, announce) if dataset.sources else None
    app = app or create_app(dataset, settings=service.settings)
    app.extensions[METRICS] = Metrics(restarts=lost)
    return f"{dataset.statements} statements", partial(_front, service, app)


def _checked_app(dataset: Dataset, service: Service, checks: Checks, announce: Announce) -> Flask:
    """The application for data that was found valid; its files are made while another process looks."""
    files = release.build(dataset)
    findings = checks.findings(dataset, files)
    for finding in findings:
        announce(finding.line())
    breaches = sum(finding.breach for finding in findings)
    if breaches:
        number = f"{breaches} finding{'s' if breaches > 1 else ''}"
        raise DatasetError(f"The graph is not served, because it is not valid: {number}.")
    return create_app(dataset, files=files, report=report(findings), settings=service.settings)


def _front(service: Service, app: Flask) -> Front:
    site: Site = app.extensions[EXTENSION]
    engine = _engine(site, service)
    app.extensions[EXTENSION] = site.with_engine(engine)
    return Front(app, engine, service.operation)


def _engine(site: Site, service: Service) -> Shared:
    engine = _plain_engine(site, service)
    return Federated(engine, service.services) if service.services else engine


def _plain_engine(site: Site, service: Service) -> Shared:
    dataset, limits = site.dataset, service.limits
    older = {version: one.dataset.store for version, one in site.versions.items()}
    home = Isolated(Versioned(dataset.store, dataset.prefixes, limits.answer, older, dataset.descriptors), limits)
    if service.engine:
        return Remote(service.engine, home, fingerprint(dataset), limits, dataset.prefixes)
    return home
