"""The wheel, built from the source distribution and installed alone, away from the sources."""

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
    """The wheel, its build folder, and the environment with it."""

    file: Path
    build: Path
    environment: Path

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        with ZipFile(self.file) as archive:
            return archive.namelist()

    @property
    def packages(self) -> Path:
        """Where it is installed."""
        return next((self.environment / "lib").glob("python*")) / "site-packages"

    @property
    def places(self) -> tuple[bytes, ...]:
        """The paths of this machine, which must not be in it."""
        return (str(ROOT).encode(), str(self.build).encode())

    def command(self, *arguments: str | Path) -> list[str]:
        """The installed command with arguments."""
        return [str(self.environment / "bin/iqgraph"), *map(str, arguments)]

    def run(self, *call: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the environment, in an empty folder."""
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
            address = re.search(r"http://[\d.:]+/", process.stdout.readline() if process.stdout else "")
            try:
                assert address
                yield address[0]
            finally:
                process.terminate()

    def _elsewhere(self) -> Path:
        place = self.environment / "elsewhere"
        place.mkdir(exist_ok=True)
        return place

    def _variables(self) -> dict[str, str]:
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
        return {**variables, "PATH": f"{self.environment / 'bin'}{os.pathsep}{os.defpath}"}


def tracked(*folders: str) -> set[str]:
    """The files of the repository, also uncommitted ones."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders]
    names = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return {name for name in names if name and (ROOT / name).is_file()}


def bundled() -> set[str]:
    """The scripts, styles and fonts of the bundle."""
    return {file.relative_to(ROOT).as_posix() for file in BUNDLE.iterdir()}


def build(folder: Path) -> Wheel:
    """Build and install the wheel, without downloads: requirements are copied from the environment of the tests."""
    source, dist, environment = folder / "source", folder / "dist", folder / "environment"
    for name in tracked() | bundled():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)  # with its time, which shows whether the bundle is up to date
    _call("-m", "build", "--no-isolation", "--outdir", dist, source)
    _call("-m", "venv", "--without-pip", environment)
    wheel = Wheel(next(dist.glob("*.whl")), folder, environment)
    _copy(_required(distribution("iqgraph").requires or ()), wheel.packages)
    _call("-m", "pip", "--python", environment / "bin/python", "install", "--no-deps", "--no-index", wheel.file)
    return wheel


def _call(*arguments: str | Path) -> None:
    process = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr


def _required(requirements: Iterable[str], extras: Iterable[str] = ()) -> set[str]:
    """The names of the required distributions, with those that they require."""
    names: set[str] = set()
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in ["", *extras]):
            names |= {canonicalize_name(requirement.name)}
            names |= _required(distribution(requirement.name).requires or (), requirement.extras)
    return names


def _copy(names: Iterable[str], packages: Path) -> None:
    """Install distributions as they are installed here."""
    for name in names:
        for file in distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(str(file.locate()), packages / file)
