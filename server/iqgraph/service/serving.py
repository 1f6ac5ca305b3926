"""Running the site: what it is made of, how it is started, and what it asks of the system for that."""

import contextlib
import ctypes
import gc
import logging
import os
import resource
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from flask import Flask

from ..client import Server, login
from ..dataset import Dataset
from ..engine import Embedded, Federated, Isolated, Remote, Shared, admit, fingerprint
from ..errors import CallError, DatasetError
from ..release import release
from ..release.versions import restorer
from ..settings import Settings
from ..validation.findings import report
from ..web import create_app
from ..web.monitoring import METRICS, Metrics
from ..web.site import EXTENSION, Site
from .checking import findings
from .processes.master import Loads, Master
from .processes.server import Announce
from .processes.sockets import MAX_FILES, control, path, reserve
from .requests.front import Front

OOM_SCORE, FIRST_TO_GO = Path("/proc/self/oom_score_adj"), "800"
MAX_NOTIFY_SECONDS = 1.0

log = logging.getLogger(__name__)
say: Announce = partial(print, flush=True)


def aloud(line: str) -> None:
    """Tell whoever looks at the output; that nobody can, since its disk is full or its reader gone, ends no service."""
    try:
        say(line)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def serve(loads: Loads, settings: Settings, announce: Announce = aloud) -> None:
    """Serve a dataset until interrupted: ours if it is valid, any other as it is; it is made if the port is free."""
    raise_fd_limit()
    make_stderr_nonblocking()
    listener = reserve(settings.host, settings.port)
    port = listener.getsockname()[1]
    where = path(settings.host, port)
    door = None
    try:
        door = control(where)
    except (OSError, CallError) as error:
        log.warning("iqgraph reload will not find this server, but SIGHUP will do: %s", error)
    # https://docs.python.org/3/library/gc.html#gc.freeze
    gc.freeze()  # so that the collector does not write to what the processes share
    master = Master(loads, partial(_prepare, settings), listener, settings)
    try:
        master.run(announce, partial(_ready, announce, address(settings.host, port)), door)
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
    notify()


def _prepare(settings: Settings, make: Callable[[], Dataset], lost: int, announce: Announce) -> tuple[str, Front]:
    """What is served, and its front; `lost` servers were lost before."""
    credentials = login(settings.engine_user, settings.engine_password, settings.engine_token)
    remote = Server(settings.engine, credentials) if settings.engine else None
    with offering_memory():
        app = _app(make(), settings, remote, announce)
    app.extensions[METRICS] = Metrics(restarts=lost)
    return_memory()
    gc.freeze()  # for what is forked from here, as above
    number = app.extensions[EXTENSION].dataset.statements
    return f"{number} statement{'s' if number != 1 else ''}", _front(app, settings, remote)


def _app(dataset: Dataset, settings: Settings, remote: Server | None, announce: Announce) -> Flask:
    """The application, for data of ours only if it was found valid."""
    if remote:
        admit(remote, fingerprint(dataset))
    if not dataset.sources:
        return create_app(dataset, settings=settings)
    served = dataset.without_files()
    files = release.build(served)
    found = findings(dataset, files)
    for finding in found:
        announce(finding.line())
    breaches = sum(finding.is_breach for finding in found)
    if breaches:
        raise DatasetError(
            de=f"Der Graph wird nicht bereitgestellt, weil er nicht gültig ist; Verstöße: {breaches}.",
            en=f"The graph is not served, because it is not valid: {breaches} finding{'s' if breaches > 1 else ''}.",
        )
    return create_app(served, files=files, report=report(found), settings=settings)


def _front(app: Flask, settings: Settings, remote: Server | None) -> Front:
    site: Site = app.extensions[EXTENSION]
    dataset = site.dataset
    engine: Shared = isolated(site, settings)
    if remote:
        engine = Remote(remote, engine, fingerprint(dataset), settings, dataset.prefixes)
    if settings.allow_service:
        engine = Federated(engine, tuple(map(Server, settings.allow_service)))
    app.extensions[EXTENSION] = site.with_engine(engine)
    return Front(app, engine, settings)


def isolated(site: Site, limits: Settings) -> Isolated:
    """Workers for the data of a site and of its older versions; to be made before there is a second thread."""
    dataset = site.dataset
    older = {one.version: restorer(one) for one in site.releases}
    return Isolated(Embedded(dataset.store, dataset.prefixes, limits.answer_bytes, dataset.descriptors, older), limits)


@contextlib.contextmanager
def offering_memory() -> Iterator[None]:
    """If memory runs out meanwhile, the system shall end this process, which loads, and not the one that answers."""
    before = None
    with contextlib.suppress(OSError):  # see proc_pid_oom_score_adj(5)
        before = OOM_SCORE.read_text()
        OOM_SCORE.write_text(FIRST_TO_GO)
    yield
    if before:
        OOM_SCORE.write_text(before)


def return_memory() -> None:
    """Give back what loading took and nobody needs any more, before processes are forked that would share it."""
    gc.collect()
    with contextlib.suppress(AttributeError):  # of other C libraries than that of GNU, see malloc_trim(3)
        ctypes.CDLL(None).malloc_trim(0)


def raise_fd_limit() -> None:
    """Allow as many open files as the system lets this user have, within reason: each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def make_stderr_nonblocking() -> None:
    """If the log goes into a pipe that is full, since whoever should read it hangs, let lines be lost and go on.

    The pipe is opened anew for that, so that others who write to it wait as before.
    """
    with contextlib.suppress(OSError):
        if stat.S_ISFIFO(os.fstat(2).st_mode):
            own = os.open("/proc/self/fd/2", os.O_WRONLY | os.O_NONBLOCK)
            os.dup2(own, 2)
            os.close(own)


def notify() -> None:
    """Tell systemd that the service is ready, if it wants to know (sd_notify(3)); that nobody hears it is no error."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if name:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(MAX_NOTIFY_SECONDS)
            # A name that is no file is written with @ there, and begins with a null byte (unix(7)).
            manager.sendto(b"READY=1", f"\0{name[1:]}" if name.startswith("@") else name)
