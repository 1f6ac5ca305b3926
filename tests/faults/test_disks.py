"""A full or read-only disk: existing files stay, and one sentence names the error."""

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


def with_mounts(script: str, place: Path) -> tuple[str, ...]:
    """The prefix of a command that gives it private mounts; `$0` in the script is the place."""
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", f'{script} && exec "$@"', str(place))


@dataclass(frozen=True)
class Case:
    """A command on a disk with these mounts, its error, and the files on the disk afterwards."""

    mounts: str
    arguments: str
    says: str
    remaining: tuple[str, ...] = ()


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
    """A file whose store needs more than 8 MB."""
    file = tmp_path_factory.mktemp("large") / "large.nt"
    file.write_text("".join(f'<http://x/s{n}> <http://x/p{n % 9}> "some text {n}" .\n' for n in range(50_000)))
    return file


@needs_mounts
@pytest.mark.parametrize("name", CASES)
def test_disks(name: str, tmp_path: Path, large: Path, record_property: Say) -> None:
    """Exit code 2, one sentence, no partial files and no loss of existing ones."""
    case, disk = CASES[name], tmp_path / "disk"
    disk.mkdir()
    arguments = [one.format(disk=disk, large=large, everything=EVERYTHING) for one in case.arguments.split()]
    call = [*with_mounts(case.mounts, disk), sys.executable, "-c", LIST, str(disk), *command(*arguments)]
    process = subprocess.run(call, capture_output=True, text=True, check=False)
    record(record_property, f"exit code 2: {case.says}", "nothing")

    assert process.returncode == 2
    assert re.fullmatch(rf"iqgraph: .+: {case.says}\..*\n", process.stderr), process.stderr
    assert tuple(process.stdout.splitlines()) == case.remaining


@needs_mounts
@pytest.mark.parametrize(
    "mounts",
    [
        pytest.param('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"', id="store on a read-only disk"),
        pytest.param("mount -t tmpfs -o ro,size=4k none /dev/shm", id="no shared memory to be had"),
    ],
)
def test_read_only(mounts: str, tmp_path: Path, record_property: Say) -> None:
    """Answering needs no write access."""
    store = tmp_path / "store"
    with victim(tmp_path, "--store", store, statements(tmp_path)) as it:
        assert it.ask().is_right
    before = with_mounts(mounts, store)
    with victim(tmp_path, "--store", store, before=before) as it:
        seconds = it.recovers()
        assert it.told() == ""
    record(record_property, "200", "nothing", seconds)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("_", ["log on a full disk"])
def test_log(_: str, tmp_path: Path, record_property: Say) -> None:
    """The server is replaced though nothing can be logged."""
    with victim(tmp_path, statements(tmp_path), before=("sh", "-c", 'exec "$@" 2>/dev/full', "sh")) as it:
        old = it.strike("server")
        seconds = it.recovers(lambda: gone(old))
    record(record_property, "no connection", "the lines of the log", seconds)
