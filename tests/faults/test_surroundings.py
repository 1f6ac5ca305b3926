"""An unusual environment of the server: clock, locale, home, user, output and signals."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import iqgraph
from loopback import free_port, get, until
from victim import COUNTED, NOBODY, Say, Victim, command, end, gone, record, statements, victim

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
CLOCKS = re.compile(r"\btime\.(time|localtime|gmtime|ctime)\(|\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(")
PACKAGE = Path(iqgraph.__file__).parent
# Log lines have a time of day, and old logs are deleted after some days.
LOGGERS = {f"service/requests/{name}.py" for name in ("accounting", "logs", "querylog")}
OTHER_USER = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *(
        "--inh-caps=-all,+dac_read_search",
        "--ambient-caps=-all,+dac_read_search",
        "--bounding-set=-all,+dac_read_search",
    ),
)


def test_no_clock_decides() -> None:
    """Only logs use the time of day; durations are measured with the monotonic clock."""
    modules = [
        path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if CLOCKS.search(path.read_text("utf-8"))
    ]

    assert set(modules) <= LOGGERS


@pytest.mark.skipif(not FAKETIME, reason="needs libfaketime (Debian: faketime)")
@pytest.mark.parametrize("_", ["clock that jumps years ahead"])
def test_clock(_: str, tmp_path: Path, record_property: Say) -> None:
    """Queries are answered and stopped in time when the clock jumps."""
    now = tmp_path / "now"
    now.write_text("+0")
    environment = {
        "LD_PRELOAD": str(FAKETIME[0]),
        "FAKETIME_TIMESTAMP_FILE": str(now),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with victim(tmp_path, statements(tmp_path), environment=environment) as it:
        with it.load(2):
            for jump in ("+5y", "+10y"):
                now.write_text(jump)
                seconds = it.recovers()
        it.told()
    record(record_property, ", ".join(sorted(it.seen)), "nothing", seconds)

    assert set(it.seen) == {"200"}


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="locale C"),
        pytest.param({"LC_ALL": "no_SUCH.locale"}, id="locale that is not there"),
        pytest.param({"HOME": "/nonexistent"}, id="home that is not there"),
        pytest.param({"HOME": "", "USER": "", "PATH": ""}, id="no home, user or path"),
        pytest.param({"TMPDIR": "/proc"}, id="temporary folder that cannot be written to"),
        pytest.param({"TZ": "no/where"}, id="time zone that is not there"),
    ],
)
def test_environment(environment: dict[str, str], tmp_path: Path, record_property: Say) -> None:
    """The server needs none of these."""
    folder = tmp_path / "Grüße"
    folder.mkdir()
    with victim(tmp_path, statements(folder), environment=environment) as it:
        seconds = it.recovers()
        assert it.told() == ""
    record(record_property, "200", "nothing", seconds)


def can_change_user() -> bool:
    """Whether this user may run the server as another user."""
    with suppress(OSError):
        return subprocess.run([*OTHER_USER, sys.executable, "-c", ""], capture_output=True, check=False).returncode == 0
    return False


@pytest.mark.skipif(not can_change_user(), reason="needs root and setpriv (Debian: util-linux)")
@pytest.mark.parametrize("_", ["user who may write nothing"])
def test_other_user(_: str, tmp_path: Path, record_property: Say) -> None:
    """An unprivileged user can serve."""
    with victim(tmp_path, statements(tmp_path), before=OTHER_USER) as it:
        seconds = it.recovers()
        assert it.told() == ""
    record(record_property, "200", "nothing", seconds)


@pytest.mark.parametrize(
    "redirection",
    [
        pytest.param("", id="output as usual"),
        pytest.param(">&- 2>&- <&-", id="output and input closed"),
        pytest.param(">/dev/full 2>/dev/full", id="output to a full disk"),
    ],
)
def test_output(redirection: str, tmp_path: Path, record_property: Say) -> None:
    """The server runs though it cannot print its address."""
    port = free_port()
    call = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command("serve", "--port", str(port), statements(tmp_path))]
    process = subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    it = Victim(process, f"http://127.0.0.1:{port}/", tmp_path / "log")
    try:
        until(lambda: it.ask().is_right)
        old = it.strike("server")
        seconds = it.recovers(lambda: gone(old))
    finally:
        end(process)
    record(record_property, NOBODY, "what would have been told", seconds)


@pytest.fixture
def pipe() -> Iterator[int]:
    """The write end of a full pipe that nobody reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("_", ["log into a pipe that nobody reads"])
def test_full_pipe(_: str, pipe: int, tmp_path: Path, record_property: Say) -> None:
    """The server is replaced though nothing can be logged."""
    before = ("sh", "-c", f'exec "$@" 2>/dev/fd/{pipe}', "sh")
    with victim(tmp_path, statements(tmp_path), before=before, pass_fds=(pipe,)) as it:
        old = it.strike("server")
        seconds = it.recovers(lambda: gone(old))
    record(record_property, NOBODY, "the lines of the log", seconds)


@pytest.mark.parametrize("_", ["two servers started at once on one port"])
def test_one_port(_: str, tmp_path: Path, record_property: Say) -> None:
    """One server runs, the other exits with a message."""
    port = free_port()
    call = command("serve", "--port", str(port), statements(tmp_path))
    two = [
        subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        for _number in range(2)
    ]
    try:
        until(lambda: sum(one.poll() is not None for one in two) == 1)
        loser = next(one for one in two if one.poll() is not None)
        _, errors = loser.communicate()
        until(lambda: get(f"http://127.0.0.1:{port}/health")[0] == 200)
    finally:
        for one in two:
            end(one)
    record(record_property, "200; exit code 2 for the second", "nothing")

    assert loser.returncode == 2
    assert errors == f"iqgraph: Port {port} on 127.0.0.1 is in use; choose another with --port.\n"


IGNORED = [signal.SIGWINCH, signal.SIGURG, signal.SIGCONT, signal.SIGCHLD]


@pytest.mark.parametrize("_", ["storm of signals that mean nothing"])
def test_signals(_: str, tmp_path: Path, record_property: Say) -> None:
    """The signals are ignored."""
    with victim(tmp_path, statements(tmp_path)) as it:
        with it.load(2):
            for number in range(400):
                for role in ("master", "server", "zygote"):
                    for pid in it.tree()[role] if number % 50 == 0 else ():
                        for signal_number in IGNORED:
                            os.kill(pid, signal_number)
            seconds = it.recovers()
        it.told()
    record(record_property, ", ".join(sorted(it.seen)), "nothing", seconds)

    assert set(it.seen) == {"200"}


@pytest.mark.parametrize("_", ["told to end fifty times"])
def test_ended_often(_: str, tmp_path: Path, record_property: Say) -> None:
    """The server exits once, without a traceback."""
    with victim(tmp_path, statements(tmp_path)) as it:
        assert it.ask().text == COUNTED
        for _number in range(50):
            it.process.send_signal(signal.SIGTERM)
        seconds = until(lambda: it.process.poll() is not None)
        it.told()
    record(record_property, NOBODY, "nothing", seconds)

    assert it.process.returncode in (0, 1)
