"""A disk that is full or read-only: what was there before is still there, and one sentence says what is wrong."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from victim import Say, command, gone, record, statements, victim

EVERYTHING = "SELECT * { ?s ?p ?o }"
FULL, LOCKED = "No space left on device", "Read-only file system"
SMALL = 'mount -t tmpfs -o size={} none "$0"'
SHUT = 'mount -t tmpfs none "$0" && {}mount -o remount,ro "$0"'


def can_mount() -> bool:
    """Whether this user may mount in a namespace of its own."""
    try:
        call = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(call, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


needs_mounts = pytest.mark.skipif(
    not can_mount(), reason="needs unshare and mount (Debian: util-linux) and user namespaces, or root"
)


def mounted(script: str, place: Path) -> tuple[str, ...]:
    """What a command is run by so that these mounts, of which `$0` is the place, hold for it alone, and end with it."""
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", f'{script} && exec "$@"', str(place))


@dataclass(frozen=True)
class Case:
    """A command on a disk that was prepared so, what it says, and what is on the disk afterwards."""

    mounts: str
    arguments: str
    says: str
    left: tuple[str, ...] = ()


OLD = 'mkdir "$0/release" && echo old >"$0/release/iq-hessen.ttl"'
CASES = {
    "store loaded onto a full disk": Case(SMALL.format("1m"), "serve --port 0 --store {disk}/store {large}", FULL),
    "store loaded onto a disk that fills late": Case(
        SMALL.format("8m"), "serve --port 0 --store {disk}/store {large}", FULL
    ),
    "release built onto a full disk": Case(SMALL.format("1m"), "build {disk}/release", FULL),
    "release built over an older one onto a full disk": Case(
        f"{SMALL.format('1m')} && {OLD}", "build {disk}/release", FULL, ("release/iq-hessen.ttl: old",)
    ),
    "answer of iqgraph query written to a full disk": Case(SMALL.format("64k"), "query {everything}", FULL),
    "store loaded into a read-only folder": Case(
        SHUT.format(""), "serve --port 0 --store {disk}/store {large}", LOCKED
    ),
    "release built into a read-only folder": Case(SHUT.format(""), "build {disk}/release", LOCKED),
    "release built over an older one in a read-only folder": Case(
        SHUT.format(f"{OLD} && "), "build {disk}/release", LOCKED, ("release/iq-hessen.ttl: old",)
    ),
}
LIST = """
import pathlib, subprocess, sys
out = open(f"{sys.argv[1]}/answer", "wb") if sys.argv[5] == "query" else None
done = subprocess.run(sys.argv[2:], stdout=out)
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if file.is_file() and file.name != "answer":
        print(f"{file.relative_to(sys.argv[1])}: {file.read_text().strip()[:20]}")
sys.exit(done.returncode)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that needs more than eight megabytes as a store."""
    file = tmp_path_factory.mktemp("large") / "large.nt"
    file.write_text("".join(f'<http://x/s{n}> <http://x/p{n % 9}> "some text {n}" .\n' for n in range(50_000)))
    return file


@needs_mounts
@pytest.mark.parametrize("name", CASES)
def test_disks(name: str, tmp_path: Path, large: Path, record_property: Say) -> None:
    """Exit code 2, one sentence, and neither a part of what should be written nor a loss of what was there."""
    case, disk = CASES[name], tmp_path / "disk"
    disk.mkdir()
    given = [one.format(disk=disk, large=large, everything=EVERYTHING) for one in case.arguments.split()]
    call = [*mounted(case.mounts, disk), sys.executable, "-c", LIST, str(disk), *command(*given)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    record(record_property, f"exit code 2: {case.says}", "nothing")

    assert done.returncode == 2
    assert re.fullmatch(rf"iqgraph: .+: {case.says}\..*\n", done.stderr), done.stderr
    assert tuple(done.stdout.splitlines()) == case.left


@needs_mounts
@pytest.mark.parametrize(
    "mounts",
    [
        pytest.param('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"', id="store on a read-only disk"),
        pytest.param("mount -t tmpfs -o ro,size=4k none /dev/shm", id="no shared memory to be had"),
    ],
)
def test_read_only(mounts: str, tmp_path: Path, record_property: Say) -> None:
    """To answer, nothing has to be written anywhere."""
    store = tmp_path / "store"
    with victim(tmp_path, "--store", store, statements(tmp_path)) as it:
        assert it.ask().is_right
    before = mounted(mounts, store)
    with victim(tmp_path, "--store", store, before=before) as it:
        seconds = it.recovers()
        assert it.told() == ""
    record(record_property, "200", "nothing", seconds)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("_", ["log on a full disk"])
def test_log(_: str, tmp_path: Path, record_property: Say) -> None:
    """The site is replaced also when the log can tell nobody of it."""
    with victim(tmp_path, statements(tmp_path), before=("sh", "-c", 'exec "$@" 2>/dev/full', "sh")) as it:
        old = it.strike("server")
        seconds = it.recovers(lambda: gone(old))
    record(record_property, "no connection", "the lines of the log", seconds)
