"""One process of each engine for all tests; tests that damage an engine, or need other data, start their own."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from backends import NAMES, Engine, environment, running


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """Engines by name, each started on first use."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(running(name, tmp_path_factory.mktemp(name))))


@pytest.fixture(scope="module", params=NAMES)
def engine(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Engine:
    """Each engine, loaded with the bundled graph as on its page.

    It is restarted, since earlier tests may have left it overloaded.
    """
    one = engines(request.param)
    one.stop()
    one.revive()
    subprocess.run(
        ["bash", "-c", one.command("Load")], env=environment(), check=True, stdout=subprocess.DEVNULL, timeout=600
    )
    return one


@pytest.fixture(scope="module", params=NAMES)
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Each engine, without our data."""
    with running(request.param, tmp_path_factory.mktemp(request.param)) as one:
        yield one
