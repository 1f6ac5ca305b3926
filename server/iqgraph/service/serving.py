"""The service: its parts, its start, and the settings of its processes."""

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

from ..client import Server, login
from ..dataset import Dataset
from ..engine import Embedded, Federated, Isolated, Remote, Shared, admit, fingerprint
from ..errors import CallError, DatasetError
from ..model.model import Model
from ..release.versions import load_archive, releases
from ..settings import Settings
from ..validation.findings import report
from ..web import create_app
from ..web.http.language import LANGUAGES
from ..web.monitoring import METRICS, Metrics
from .checking import ServiceData
from .processes.master import Loaders, Master
from .processes.server import Announce
from .processes.sockets import MAX_FILES, open_control_socket, reserve, socket_path
from .requests.front import Front

OOM_SCORE, MAX_OOM_SCORE = Path("/proc/self/oom_score_adj"), "800"
MAX_NOTIFY_SECONDS = 1.0

log = logging.getLogger(__name__)


def print_line(line: str) -> None:
    """Print a line at once; a full disk or a reader that has gone does not end the service."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def serve(loaders: Loaders, settings: Settings, announce: Announce = print_line) -> None:
    """Serve a dataset until interrupted; it is loaded once the port is reserved, and ours must be valid."""
    raise_fd_limit()
    make_stderr_nonblocking()
    listener = reserve(settings.host, settings.port)
    port = listener.getsockname()[1]
    path = socket_path(settings.host, port)
    control = None
    try:
        control = open_control_socket(path)
    except (OSError, CallError) as error:
        log.warning("iqgraph reload will not find this server, but SIGHUP will do: %s", error)
    # So that the collector does not write to the pages that the processes share
    # (https://docs.python.org/3/library/gc.html#gc.freeze).
    gc.freeze()
    master = Master(loaders, partial(_prepare, settings), listener, settings)

    def announce_ready(summary: str) -> None:
        announce(f"Serving {summary} at {address(settings.host, port)} (Ctrl-C ends it)")
        notify()

    try:
        master.run(announce, announce_ready, control)
    finally:
        listener.close()
        if control:
            control.close()
            path.unlink(missing_ok=True)


def address(host: str, port: int) -> str:
    """The address of the start page."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _prepare(settings: Settings, load: Callable[[], ServiceData], losses: int, announce: Announce) -> tuple[str, Front]:
    """Load the data and make the front for it; return a summary of the data as well."""
    credentials = login(settings.engine_user, settings.engine_password, settings.engine_token)
    remote = Server(settings.engine, credentials) if settings.engine else None
    with first_for_oom_killer():
        dataset, files, findings = load()
    for finding in findings:
        announce(finding.line())
    if breaches := sum(finding.is_breach for finding in findings):
        raise DatasetError(
            de=f"Der Graph wird nicht bereitgestellt, weil er nicht gültig ist; Verstöße: {breaches}.",
            en=f"The graph is not served, because it is not valid: {breaches} finding{'s' if breaches > 1 else ''}.",
        )
    number = dataset.statements
    if remote:
        admit(remote, fingerprint(dataset))
    model = Model(dataset)
    for language in LANGUAGES if files else ():
        model.lookup(language)  # the index of the search, for which the first readers would have to wait
    gc.collect()
    with contextlib.suppress(AttributeError):  # in C libraries other than GNU's, see malloc_trim(3)
        ctypes.CDLL(None).malloc_trim(0)  # since processes are forked that share this memory
    gc.freeze()  # as above
    # Before the application is made, of which workers need nothing.
    engine: Shared = isolated_engine(dataset, settings)
    if remote:
        engine = Remote(remote, engine, fingerprint(dataset), settings, dataset.prefixes)
    if settings.allow_service:
        engine = Federated(engine, tuple(map(Server, settings.allow_service)))
    page = report(findings) if files else None
    app = create_app(dataset, engine=engine, files=files, report=page, settings=settings, model=model)
    app.extensions[METRICS] = Metrics(restarts=losses)
    return f"{number} statement{'s' if number != 1 else ''}", Front(app, engine, settings)


def isolated_engine(dataset: Dataset, limits: Settings) -> Isolated:
    """An engine whose workers answer about a dataset and its releases; it forks, so before any thread."""
    older = {release.version: partial(load_archive, release.archive) for release in releases(dataset.sources)}
    return Isolated(Embedded(dataset.store, dataset.prefixes, limits.answer_bytes, dataset.descriptors, older), limits)


@contextlib.contextmanager
def first_for_oom_killer() -> Iterator[None]:
    """Let the kernel, if memory runs out meanwhile, kill this process and not one that answers."""
    score = None
    with contextlib.suppress(OSError):  # see proc_pid_oom_score_adj(5)
        score = OOM_SCORE.read_text()
        OOM_SCORE.write_text(MAX_OOM_SCORE)
    yield
    if score:
        OOM_SCORE.write_text(score)


def raise_fd_limit() -> None:
    """Raise the limit of open files to the hard limit, or MAX_FILES: each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def make_stderr_nonblocking() -> None:
    """Drop log lines instead of waiting, if the log goes to a full pipe whose reader hangs.

    The pipe is opened anew, since O_NONBLOCK would apply to all processes that share the open file.
    """
    with contextlib.suppress(OSError):
        if stat.S_ISFIFO(os.fstat(2).st_mode):
            descriptor = os.open("/proc/self/fd/2", os.O_WRONLY | os.O_NONBLOCK)
            os.dup2(descriptor, 2)
            os.close(descriptor)


def notify() -> None:
    """Tell systemd, if it started the service, that it is ready (sd_notify(3)); errors are ignored."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if name:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(MAX_NOTIFY_SECONDS)
            # An abstract name is written with @ and begins with a null byte (unix(7)).
            manager.sendto(b"READY=1", f"\0{name[1:]}" if name.startswith("@") else name)
