"""Running the site: check the data, start the workers, say when it answers, stop cleanly."""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import Any

from flask import Flask
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from ..client import Server
from ..dataset import Dataset, load
from ..dataset.storage import descriptors
from ..engine import Federated, Isolated, Limits, Remote, Shared, Versioned, admit, fingerprint
from ..engine.bond import end_with_parent
from ..errors import DatasetError
from ..release import release
from ..settings import Settings
from ..validation.findings import Finding
from ..validation.report import report
from ..web import create_app
from ..web.metrics import EXTENSION as METRICS
from ..web.metrics import Metrics
from ..web.site import EXTENSION, Site
from .checking import Check
from .front import Front
from .operation import Operation
from .standing import hold_port, open_many
from .watchdog import Beat, Watchdog

LARGEST_HEAD = 1 << 20
PATIENCE = 10
PAUSE = 0.02
LONGEST_PAUSE = 5.0
GRACE = 3
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - known, not bound

log = logging.getLogger(__name__)
Announce = Callable[[str], object]
say: Announce = partial(print, flush=True)


def aloud(line: str) -> None:
    """Tell whoever looks at the output; that nobody can, since its disk is full or its reader gone, ends no service."""
    try:
        say(line)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclass(frozen=True, slots=True)
class Service:
    """Where to listen, what queries may use, which engines elsewhere answer them, and which services they may call."""

    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    engines: tuple[Server, ...] = ()
    services: tuple[Server, ...] = ()
    settings: Settings = Settings()  # noqa: RUF009 - it is frozen
    operation: Operation = field(default_factory=Operation)


def serve(
    make: Callable[[], Dataset] = load,
    service: Service = Service(),
    announce: Announce = aloud,
) -> None:
    """Serve a dataset until interrupted: ours if it is valid, any other as it is; it is made if the port is free."""
    with hold_port(service.host, service.port) as held:
        open_many()
        _serve(make, replace(service, port=held.getsockname()[1]), announce)


def _serve(make: Callable[[], Dataset], service: Service, announce: Announce) -> None:
    # Workers inherit the loaded dataset; to load it again in each would take time and memory.
    multiprocessing.set_start_method("fork", force=True)
    dataset = make()
    if service.engines:
        admit(service.engines, fingerprint(dataset))
    app = (
        _checked_app(dataset, service, announce) if dataset.sources else create_app(dataset, settings=service.settings)
    )
    gc.freeze()
    about = f"{dataset.statements} statements"
    run(app, service, lambda address: announce(f"Serving {about} at {address} (Ctrl-C ends it)"))


def run(app: Flask, service: Service, ready: Announce) -> None:
    """Run the application in a process of its own, which is replaced if lost, and tell its address once it answers."""
    server = Steadfast(
        "iqgraph",
        address=service.host,
        port=service.port,
        interface=Interfaces.RSGI,
        workers=1,
        websockets=False,
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD),
        respawn_failed_workers=True,
        respawn_interval=PAUSE,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.critical,
    )
    Thread(target=_tell, args=(service.host, service.port, ready), daemon=True).start()
    server.metrics = app.extensions.setdefault(METRICS, Metrics())
    loader: Callable[..., Any] = partial(_in_worker, app, service, os.getpid())
    server.serve(target_loader=loader, wrap_loader=False)


class Steadfast(MPServer):
    """A server that replaces its process however often it is lost, or hangs.

    Granian itself gives up when a process is lost within 5.5 seconds of its start. Here the next one only starts a
    little later each time, so that a fault at every start does not keep the machine busy.
    """

    pause = PAUSE
    started = 0.0
    metrics: Metrics | None = None

    def _spawn_worker(  # type: ignore[override]  # Granian's own two differ
        self, idx: int, target: Callable[..., None], callback_loader: Callable[..., Any]
    ) -> WorkerProcess:
        beat = Beat()
        process = super()._spawn_worker(idx, target, partial(callback_loader, beat))
        Watchdog(beat, process.inner).start()
        return process

    def _respawn_workers(
        self,
        workers: Sequence[int],
        spawn_target: Callable[..., None],
        target_loader: Callable[..., Any],
        delay: float = 0,
    ) -> None:
        log.warning("The process that answers was lost, and is replaced.")
        if self.metrics:
            self.metrics.restarts += 1  # the next process is a copy of this one
        lived = time.monotonic() - self.started
        self.pause = PAUSE if lived > LONGEST_PAUSE else min(2 * self.pause, LONGEST_PAUSE)
        self.main_loop_interrupt.wait(self.pause)
        self.started = time.monotonic()
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self.respawned_wrks.clear()


def _in_worker(app: Flask, service: Service, parent: int, beat: Beat) -> Front:
    """Ctrl-C reaches every process; only the first one listens, and then ends the others."""
    end_with_parent(parent)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
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
    files = descriptors(dataset.folder) if dataset.folder else ()
    home = Isolated(Versioned(dataset.store, dataset.prefixes, limits.answer, older, files), limits)
    if service.engines:
        return Remote(service.engines, home, fingerprint(dataset), limits)
    return home


def address(host: str, port: int) -> str:
    """The address of the start page."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _checked_app(dataset: Dataset, service: Service, announce: Announce) -> Flask:
    """The application for data that was found valid; its files are made while another process looks."""
    check = Check(dataset)
    files = release.build(dataset)
    files.make_while(check.runs)
    findings: list[Finding] = check.findings()
    for finding in findings:
        announce(finding.line())
    breaches = sum(finding.breach for finding in findings)
    if breaches:
        number = f"{breaches} finding{'s' if breaches > 1 else ''}"
        raise DatasetError(f"The graph is not served, because it is not valid: {number}.")
    return create_app(dataset, files=files, report=report(findings), settings=service.settings)


def _tell(host: str, port: int, ready: Announce) -> None:
    near = EVERYWHERE.get(host, host)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(PAUSE)
        if _answers(near, port):
            ready(address(host, port))
            return


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
