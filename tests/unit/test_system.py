"""The service and its system: the limit of open files, and systemd."""

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
    """The soft limit is raised up to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        raise_fd_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 1 << 16)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("kind", ["a file", "an abstract name"])
def test_systemd_is_notified(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By both kinds of addresses."""
    address = f"{tmp_path}/notify" if kind == "a file" else f"\0{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        receiver.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", address.replace("\0", "@"))
        notify()

        assert receiver.recv(99) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nobody/is/here", "@nobody-is-here", "relative"])
def test_no_receiver_is_no_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server may run without systemd."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    notify()


def test_a_server_is_ready_when_it_answers(tmp_path: Path) -> None:
    """It notifies systemd then, and not before."""
    file = put(tmp_path, "a.nt", "<http://a/s> <http://a/p> <http://a/o> .\n")
    command = [sys.executable, "-m", "iqgraph", "serve", "--port", "0", str(file)]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(f"{tmp_path}/notify")
        receiver.settimeout(PATIENCE)
        environment = {**os.environ, "NOTIFY_SOCKET": f"{tmp_path}/notify"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                message = receiver.recv(99)
                root = server.stdout.readline().split()[4] if server.stdout else ""
                status, _ = get(f"{root}ready")
            finally:
                server.send_signal(signal.SIGTERM)

    assert (message, status) == (b"READY=1", 200)
