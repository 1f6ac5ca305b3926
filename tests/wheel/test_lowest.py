"""The server runs with the lowest versions of its libraries that the wheel allows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loopback import get
from repository import ROOT
from wheel import Wheel, build, bundled

pytestmark = pytest.mark.timeout(300)  # it waits for the build of the wheel
CACHE = Path(os.environ.get("UV_CACHE_DIR", Path.home() / ".cache/uv"))
UV = Path(sys.executable).parent / "uv"


@pytest.fixture(scope="module")
def lowest(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    """The wheel with the lowest version of each direct dependency, from the cache of uv."""
    if not bundled():
        pytest.skip("the scripts of the pages are not bundled; make setup does it")
    wheel = build(tmp_path_factory.mktemp("wheel"))
    environment = tmp_path_factory.mktemp("lowest") / "environment"
    _uv("venv", "--python", sys.executable, environment)
    # Of a wheel, only the wheel itself would be direct.
    table = ("--resolution", "lowest-direct", "--requirement", ROOT / "pyproject.toml")
    process = _uv("pip", "install", "--python", environment / "bin/python", *table)
    if process.returncode:
        pytest.skip("the lowest versions are not at hand; make lowest fetches them")
    _uv("pip", "install", "--python", environment / "bin/python", "--no-deps", wheel.file)
    return Wheel(wheel.file, wheel.build, environment)


def _uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    call = [UV, *arguments, "--offline", "--cache-dir", CACHE]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_it_starts_and_answers(lowest: Wheel) -> None:
    """Query, evidence, page, file and metrics are served."""
    paths = (
        "sparql?query=ASK%7B%7D",
        "evidence?query=ASK%7B%7D",
        "id/iq.html",
        "download/SHA256SUMS",
        "metrics",
        "ready",
    )
    with lowest.serving() as root:
        assert {path: get(root + path)[0] for path in paths} == dict.fromkeys(paths, 200)
