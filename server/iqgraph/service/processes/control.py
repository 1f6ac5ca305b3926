"""The door for whoever runs the server: a socket that only the same user can open, by which `iqgraph reload` asks."""

import contextlib
import json
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...errors import CallError

RELOAD = b"reload\n"
SUFFIX = ".socket"
PATIENCE = 1.0


def folder() -> Path:
    """Where the sockets of this user's servers lie: as systemd says, as the session says, else with temporary files."""
    given = os.environ.get("RUNTIME_DIRECTORY")
    if given:
        return Path(given)
    session = os.environ.get("XDG_RUNTIME_DIR")
    return Path(session) / "iqgraph" if session else Path(tempfile.gettempdir()) / f"iqgraph-{os.geteuid()}"


def path(host: str, port: int) -> Path:
    """The socket of the server at an address."""
    return folder() / f"{host}-{port}{SUFFIX}"


def control(where: Path) -> socket.socket:
    """A socket that listens there; an OSError or a CallError if that cannot be."""
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = where.parent.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise CallError(f"{where.parent}: others can write there.")
    where.unlink(missing_ok=True)  # of a server that was killed; the port is ours, so there is no other
    door = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        door.bind(str(where))
    finally:
        os.umask(before)
    door.listen()
    return door


def outcome(asker: socket.socket, code: int, lines: list[str]) -> None:
    """Tell one who asked what came of it."""
    with contextlib.suppress(OSError), asker:
        asker.settimeout(PATIENCE)  # who does not listen holds nobody up
        asker.sendall(json.dumps({"code": code, "lines": lines}).encode())


def reload(host: str, port: int) -> tuple[int, list[str]]:
    """Have a server load its data again, and wait for what comes of it: 0 or 1, and lines that say more."""
    with socket.socket(socket.AF_UNIX) as asker:
        try:
            asker.connect(str(path(host, port)))
        except OSError as error:
            others = ", ".join(_running())
            known = f"; there are servers at {others}" if others else ""
            raise CallError(f"No server of yours answers at {host}:{port}{known}.") from error
        asker.sendall(RELOAD)
        content = b"".join(iter(lambda: asker.recv(1 << 16), b""))
    if not content:
        return 1, ["The server ended before it was done."]
    told = json.loads(content)
    return told["code"], told["lines"]


def _running() -> Iterator[str]:
    for one in sorted(folder().glob(f"*{SUFFIX}")):
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(str(one))
            yield ":".join(one.name.removesuffix(SUFFIX).rsplit("-", 1))
