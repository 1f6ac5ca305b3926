"""The control socket, which only the same user can open: who connects asks for a reload, and is told the outcome."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...bilingual import Text, sentences
from ...errors import CallError

SECONDS_TO_REPLY = 1.0


def path(host: str, port: int) -> Path:
    """The socket of this user's server at an address: where systemd says, or the session, or with temporary files."""
    # https://specifications.freedesktop.org/basedir-spec/latest/, and RUNTIME_DIRECTORY in systemd.exec(5)
    session = os.environ.get("XDG_RUNTIME_DIR")
    other = f"{session}/iqgraph" if session else f"{tempfile.gettempdir()}/iqgraph-{os.geteuid()}"
    return Path(os.environ.get("RUNTIME_DIRECTORY") or other, f"{host}-{port}.socket")


def control(where: Path) -> socket.socket:
    """A socket that listens there, and sends SIGIO to this process for each who connects; an error if it cannot be."""
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = where.parent.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise CallError(
            de=f"{where.parent}: Andere können dort schreiben.", en=f"{where.parent}: others can write there."
        )
    where.unlink(missing_ok=True)  # of a server that was killed; the port is ours, so there is no other
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(where))
    where.chmod(0o600)  # nobody can connect before it listens
    signal.signal(signal.SIGIO, lambda *_: None)  # nobody who does not wait for it is ended by it
    # See F_SETOWN and O_ASYNC in fcntl(2).
    fcntl.fcntl(door, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(door, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    door.listen()
    return door


def reply(asker: socket.socket, code: int, findings: Sequence[str], outcome: Text) -> None:
    """Tell one who asked what came of it, in both languages."""
    with contextlib.suppress(OSError), asker:
        asker.settimeout(SECONDS_TO_REPLY)  # who does not listen holds nobody up
        asker.sendall(json.dumps([code, findings, outcome]).encode() + b"\n")


def reload(host: str, port: int) -> tuple[int, list[str], Text]:
    """Have a server load its data again, and wait for what comes of it: 0 or 1, what was found, and the outcome."""
    where = path(host, port)
    with socket.socket(socket.AF_UNIX) as asker:
        try:
            asker.connect(str(where))
        except OSError as error:
            others = ", ".join(":".join(one.stem.rsplit("-", 1)) for one in sorted(where.parent.glob("*.socket")))
            near = Text(de=f"Server gibt es vielleicht hier: {others}.", en=f"There may be servers at {others}.")
            missing = Text(
                de=f"Unter {host}:{port} antwortet kein Server von Ihnen.",
                en=f"No server of yours answers at {host}:{port}.",
            )
            raise CallError(sentences(missing, near if others else None)) from error
        answer = asker.makefile().readline()
    if not answer:
        return 1, [], Text(de="Der Server endete, ehe er fertig war.", en="The server ended before it was done.")
    code, findings, outcome = json.loads(answer)
    return code, findings, Text(*outcome)
