"""The control socket: its path, and requests for a reload."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from iqgraph.bilingual import Text
from iqgraph.errors import CallError
from iqgraph.service.processes import sockets
from iqgraph.service.processes.sockets import socket_path

# In a process of its own: with several threads, the system may give the signal to one that does not wait for it.
WAITING = """
import signal, socket, sys
from pathlib import Path
from iqgraph.errors import CallError
from iqgraph.service.processes import sockets
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})
with sockets.open_control_socket(Path(sys.argv[1])) as door, socket.socket(socket.AF_UNIX) as asker:
    asker.connect(sys.argv[1])
    found = signal.sigtimedwait({signal.SIGIO}, 60)
    print(signal.Signals(found.si_signo).name if found else "nothing")
    door.accept()[0].close()
"""


def test_the_socket_is_in_the_runtime_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of systemd, else that of the session."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    assert socket_path("::1", 80) == Path("/run/user/1/iqgraph/::1-80.socket")
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/graph")
    assert socket_path("::1", 80) == Path("/run/graph/::1-80.socket")


@pytest.mark.parametrize("mode", [0o720, 0o702])
def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    """Others could put their own socket there."""
    tmp_path.chmod(mode)

    with pytest.raises(CallError, match="others can write there"):
        sockets.open_control_socket(tmp_path / "a.socket")


def test_a_connection_is_a_signal(tmp_path: Path) -> None:
    """The process with the socket can wait for it as for any other signal."""
    run = subprocess.run(
        [sys.executable, "-c", WAITING, tmp_path / "a.socket"], capture_output=True, text=True, check=True
    )

    assert run.stdout == "SIGIO\n"


def test_a_client_that_does_not_read_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server closes its connection, however long the reply is."""
    monkeypatch.setattr(sockets, "MAX_REPLY_SECONDS", 0.01)
    asker, ours = socket.socketpair()
    with asker:
        sockets.reply(ours, 1, ["x" * 1000] * 10_000, Text(de="Nein.", en="No."))

        assert ours.fileno() == -1
