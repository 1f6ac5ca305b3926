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
from ..web.monitoring.metrics import EXTENSION as METRICS
from ..web.monitoring.metrics import Metrics
from ..web.site import EXTENSION, Site
from .checking import Check
from .processes.control import control, path
from .processes.keeper import Announce, Recipe, Recipes, Settle, nothing
from .processes.listening import address, reserve
from .processes.manager import READY, tell
from .processes.standing import never_wait_for_readers, open_many
from .processes.supervisor import Supervisor
from .requests.front import Front
from .requests.operation import Operation
from .watchdog import Beat

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
    """How a dataset is made again for a reload, and the same once more if the process is lost that holds it."""

    again: Make
    same: Make
    settle: Settle = nothing


def serve(
    make: Make = load,
    service: Service = Service(),
    announce: Announce = aloud,
    renewal: Renewal | None = None,
) -> None:
    """Serve a dataset until interrupted: ours if it is valid, any other as it is; it is made if the port is free.

    Without a renewal it is always made in the same way.
    """
    open_many()
    never_wait_for_readers()
    listener = reserve(service.host, service.port)
    service = replace(service, port=listener.getsockname()[1])
    where = path(service.host, service.port)
    door = None
    try:
        door = control(where)
    except (OSError, CallError) as error:
        log.warning("iqgraph reload will not find this server, but SIGHUP will do: %s", error)
    gc.freeze()
    longest = service.limits.seconds + service.limits.wait
    renewal = renewal or Renewal(make, make)
    first, again, same = (_recipe(one, service) for one in (make, renewal.again, renewal.same))
    recipes = Recipes(first, replace(again, settle=renewal.settle), same)
    supervisor = Supervisor(recipes, listener, service.grace, longest)
    try:
        supervisor.run(announce, partial(_ready, announce, address(service.host, service.port)), door)
    finally:
        listener.close()
        if door:
            where.unlink(missing_ok=True)


def _ready(announce: Announce, root: str, about: str) -> None:
    announce(f"Serving {about} at {root} (Ctrl-C ends it)")
    tell(READY)


def _recipe(make: Make, service: Service) -> Recipe:
    return Recipe(partial(_app, make, service), _about, partial(_front, service), _lost)


def _app(make: Make, service: Service, announce: Announce) -> Flask:
    dataset = make()
    if service.engine:
        admit(service.engine, fingerprint(dataset))
    if dataset.sources:
        return _checked_app(dataset, service, announce)
    return create_app(dataset, settings=service.settings)


def _about(app: Flask) -> str:
    site: Site = app.extensions[EXTENSION]
    return f"{site.dataset.statements} statements"


def _lost(app: Flask) -> None:
    """Count the loss where the next process finds it, which is a copy of this one."""
    app.extensions.setdefault(METRICS, Metrics()).restarts += 1


def _checked_app(dataset: Dataset, service: Service, announce: Announce) -> Flask:
    """The application for data that was found valid; its files are made while another process looks."""
    check = Check(dataset)
    files = release.build(dataset)
    files.make_while(check.runs)
    findings = check.findings()
    for finding in findings:
        announce(finding.line())
    breaches = sum(finding.breach for finding in findings)
    if breaches:
        number = f"{breaches} finding{'s' if breaches > 1 else ''}"
        raise DatasetError(f"The graph is not served, because it is not valid: {number}.")
    return create_app(dataset, files=files, report=report(findings), settings=service.settings)


def _front(service: Service, app: Flask, beat: Beat) -> Front:
    site: Site = app.extensions[EXTENSION]
    engine = _engine(site, service)
    app.extensions[EXTENSION] = site.with_engine(engine)
    return Front(app, engine, service.operation, beat)


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
