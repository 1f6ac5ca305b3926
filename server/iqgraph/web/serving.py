"""Running the site: check the data, start the workers, say when it answers, stop cleanly."""

import errno
import gc
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from .. import release
from ..dataset import Dataset, load, load_plain
from ..engine import Isolated, Limits, Versioned
from ..errors import CallError, DatasetError
from ..findings import Finding
from ..report import report
from . import create_app
from .checking import Check
from .front import Front
from .site import EXTENSION, Site

LARGEST_HEAD = 1 << 20
PATIENCE = 10
PAUSE = 0.02
GRACE = 3
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - known, not bound

Announce = Callable[[str], object]
aloud: Announce = partial(print, flush=True)


def serve(
    files: Sequence[Path] = (),
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits = Limits(),  # noqa: B008 - it is frozen
    announce: Announce = aloud,
) -> None:
    """Serve the bundled graph if it is valid, or any files as they are, until interrupted."""
    port = free_port(host, port)
    # Workers inherit the loaded dataset; to load it again in each would take time and memory.
    multiprocessing.set_start_method("fork", force=True)
    dataset = load_plain(files) if files else load()
    app = create_app(dataset) if files else _checked_app(dataset, announce)
    gc.freeze()
    about = f"{sum(1 for _ in dataset.triples())} statements"
    run(app, limits, host, port, lambda address: announce(f"Serving {about} at {address} (Ctrl-C ends it)"))


def run(app: Flask, limits: Limits, host: str, port: int, ready: Announce) -> None:
    """Run the application in a process of its own, which is replaced if lost, and tell its address once it answers."""
    server = Server(
        "iqgraph",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        websockets=False,
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD),
        respawn_failed_workers=True,
        respawn_interval=PAUSE,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.critical,
    )
    Thread(target=_tell, args=(host, port, ready), daemon=True).start()
    loader: Callable[..., Any] = partial(_in_worker, app, limits)
    server.serve(target_loader=loader, wrap_loader=False)


def _in_worker(app: Flask, limits: Limits) -> Front:
    """Ctrl-C reaches every process; only the first one listens, and then ends the others."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    site: Site = app.extensions[EXTENSION]
    older = {version: one.dataset.store for version, one in site.versions.items()}
    engine = Isolated(Versioned(site.dataset.store, site.dataset.prefixes, limits.answer, older), limits)
    app.extensions[EXTENSION] = site.with_engine(engine)
    return Front(app, engine)


def free_port(host: str, port: int) -> int:
    """The port, if nobody listens on it; for 0 one that is free."""
    try:
        family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OverflowError as error:
        raise CallError(f"{port} is no port; ports go from 1 to 65535.") from error
    except OSError as error:
        reasons = {errno.EADDRINUSE: "is in use; choose another with --port", errno.EACCES: "needs more rights"}
        reason = reasons.get(error.errno or 0, f"cannot be used: {error.strerror}")
        raise CallError(f"Port {port} on {host} {reason}.") from error


def address(host: str, port: int) -> str:
    """The address of the start page."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _checked_app(dataset: Dataset, announce: Announce) -> Flask:
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
    return create_app(dataset, files=files, report=report(findings))


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
