"""One folder of each engine for all tests; tests that damage an engine, or need other data, start their own."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from backends import NAMES, Engine, running


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Engine]:
    """Engines by name, which are not started."""
    return cache(lambda name: Engine(name, tmp_path_factory.mktemp(name)))


@pytest.fixture(scope="module", params=NAMES)
def engine(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Iterator[Engine]:
    """Each engine, loaded with the bundled graph as on its page; each test leaves it with that.

    It is started for each file, since another may have left it overloaded, and loaded for the first one. A file may
    have `CHANGES` of its start: they hold once it is loaded, since a push may take longer than a query may there.
    """
    one = engines(request.param)
    changes = getattr(request.module, "CHANGES", {}).get(one.name, {})
    one.changes = changes if one.is_loaded else {}
    with running(one):
        if not one.is_loaded:
            loading = one.run(one.command("Load"))
            assert loading.returncode == 0, loading.stderr
            one.is_loaded = True
        if one.changes != changes:
            one.stop()
            one.changes = changes
            one.start()
        yield one


@pytest.fixture(scope="module", params=NAMES)
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Each engine, without our data."""
    with running(Engine(request.param, tmp_path_factory.mktemp(request.param))) as one:
        yield one
