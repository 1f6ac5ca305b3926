"""What the service asks of the system and tells it: open files, and systemd."""

import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from iqgraph.service.serving import notify, raise_fd_limit
from loopback import get
from tiny import put

PATIENCE = 20


def test_as_many_files_as_allowed() -> None:
    """The limit that a user may raise is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        raise_fd_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 1 << 16)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("form", ["a file", "an abstract name"])
def test_who_asks_is_told(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds of addresses that systemd gives are understood."""
    address = f"{tmp_path}/notify" if form == "a file" else f"\0{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taker:
        taker.bind(address)
        taker.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", address.replace("\0", "@"))
        notify()

        assert taker.recv(99) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nobody/is/here", "@nobody-is-here", "relative"])
def test_nobody_has_to_ask(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a taker nothing happens."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    notify()


def test_ready_is_who_answers(tmp_path: Path) -> None:
    """The server is called started when it answers, not before."""
    file = put(tmp_path, "a.nt", "<http://a/s> <http://a/p> <http://a/o> .\n")
    command = [sys.executable, "-m", "iqgraph", "serve", "--port", "0", str(file)]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taker:
        taker.bind(f"{tmp_path}/notify")
        taker.settimeout(PATIENCE)
        told = {**os.environ, "NOTIFY_SOCKET": f"{tmp_path}/notify"}
        with subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True) as server:
            try:
                said = taker.recv(99)
                root = server.stdout.readline().split()[4] if server.stdout else ""
                status, _ = get(f"{root}ready")
            finally:
                server.send_signal(signal.SIGTERM)

    assert (said, status) == (b"READY=1", 200)
