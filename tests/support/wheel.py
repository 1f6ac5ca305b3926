"""The wheel, built from the source distribution and installed alone, in a place where no source can be found."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from repository import ROOT

BUNDLE = ROOT / "server/iqgraph/web/static/built"


@dataclass(frozen=True)
class Wheel:
    """The wheel, where it was built, and the environment that it is installed in."""

    file: Path
    build: Path
    environment: Path

    @property
    def names(self) -> list[str]:
        """The files in it."""
        with ZipFile(self.file) as archive:
            return archive.namelist()

    @property
    def packages(self) -> Path:
        """Where it is installed."""
        return next((self.environment / "lib").glob("python*")) / "site-packages"

    @property
    def places(self) -> tuple[bytes, ...]:
        """What nobody may learn from it: where it was made, and of what."""
        return (str(ROOT).encode(), str(self.build).encode())

    def command(self, *arguments: str | Path) -> list[str]:
        """The call of the installed command."""
        return [str(self.environment / "bin/iqgraph"), *map(str, arguments)]

    def run(self, *call: str) -> subprocess.CompletedProcess[str]:
        """Call something of the environment, in an empty folder."""
        return subprocess.run(
            call, cwd=self._elsewhere(), env=self._variables(), capture_output=True, text=True, check=False
        )

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address of the installed server."""
        with subprocess.Popen(
            self.command("serve", "--port", "0"),
            cwd=self._elsewhere(),
            env=self._variables(),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            found = re.search(r"http://[\d.:]+/", process.stdout.readline() if process.stdout else "")
            try:
                assert found
                yield found[0]
            finally:
                process.terminate()

    def _elsewhere(self) -> Path:
        place = self.environment / "elsewhere"
        place.mkdir(exist_ok=True)
        return place

    def _variables(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
        return {**inherited, "PATH": f"{self.environment / 'bin'}{os.pathsep}{os.defpath}"}


def tracked(*folders: str) -> set[str]:
    """The files of the repository, also those that are not committed yet."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders]
    names = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return {name for name in names if name and (ROOT / name).is_file()}


def bundled() -> set[str]:
    """The scripts, styles and fonts that were made for the pages."""
    return {file.relative_to(ROOT).as_posix() for file in BUNDLE.iterdir()}


def build(folder: Path) -> Wheel:
    """The wheel, installed. Nothing is downloaded: what it needs is copied from the environment of the tests."""
    source, dist, environment = folder / "source", folder / "dist", folder / "environment"
    for name in tracked() | bundled():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)  # with its time, which tells whether the bundle is up to date
    _call("-m", "build", "--no-isolation", "--outdir", dist, source)
    _call("-m", "venv", "--without-pip", environment)
    wheel = Wheel(next(dist.glob("*.whl")), folder, environment)
    _copy(_needed(distribution("iqgraph").requires or ()), wheel.packages)
    _call("-m", "pip", "--python", environment / "bin/python", "install", "--no-deps", "--no-index", wheel.file)
    return wheel


def _call(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _needed(requirements: Iterable[str], extras: Iterable[str] = ()) -> set[str]:
    """The distributions that are required here, and those that they require."""
    found: set[str] = set()
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in ["", *extras]):
            found |= {canonicalize_name(requirement.name)}
            found |= _needed(distribution(requirement.name).requires or (), requirement.extras)
    return found


def _copy(names: Iterable[str], packages: Path) -> None:
    """Install distributions as they are installed here."""
    for name in names:
        for file in distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(str(file.locate()), packages / file)
