"""Shared fixtures, sampling of cases and the order of tests.

The folder is the tier, see CONTRIBUTING. A test marked `sample(n)` runs n of its cases; `--complete` runs all. Where
cases are marked `sample(n, of=kind)`, n of each kind run; `sample(0)` leaves all to the complete run. `--rest` runs the
others, except that of tests marked `repeats(n)`, which repeat queries of other tests, n cases run.
"""

import gc
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

import tiny
from iqgraph import __version__
from iqgraph.dataset import Dataset, load
from iqgraph.engine.workers import zygote
from iqgraph.release.release import Files, build
from iqgraph.resources import Sources
from loopback import serving
from repository import ROOT

# Without bytecode every process of a run, also a server, compiles all modules again, and pytest rewrites every test.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["LC_ALL"] = "C.UTF-8"  # whatever language the machine speaks

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")

TIERS = (
    "engines",
    "browser",
    "documents",
    "wheel",
    "faults",
    "site",
    "served",
    "data",
    "unit",
)  # those that take longest first
SAMPLED = TIERS[5:]  # those of make test
LAST = TIERS.index("data")  # of this tier and the next, the number of cases tells more
ENGINE = re.compile(r"tests/engines/.*\[(?:.*-)?(oxigraph|fuseki|virtuoso)[-\]]")
ONE_SITE = (
    "tests/site/",
    "tests/unit/test_catalogue.py",
    "tests/unit/test_dumps.py",
    "tests/unit/test_figures.py",
    "tests/unit/test_release.py",
)  # they make each page, and each file


@pytest.fixture(scope="session", autouse=True)
def _patient_pools() -> Iterator[None]:
    """On a busy machine no zygote is replaced: its loss would end the process with the pool, here pytest itself.

    A zygote that hangs is tested with servers in processes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zygote, "MAX_ORDER_SECONDS", 600.0)  # longer than any test may take
        yield


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The bundled dataset, read-only."""
    return load()


@pytest.fixture(scope="session")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The tiny dataset, read-only, for tests that need any data."""
    return load(sources=tiny.write(tmp_path_factory.mktemp("letter")))


@pytest.fixture(scope="session")
def files(dataset: Dataset) -> Files:
    """The release of the bundled dataset, read-only; each file is built once."""
    return build(dataset)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of a shared server of the bundled dataset with default settings."""
    with serving() as address:
        yield address


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A copy of the sources of the tiny dataset in `tmp_path`."""
    return tiny.write(tmp_path)


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> str:
    """The seed of random choices in this run: the same everywhere at one commit."""
    return str(pytestconfig.option.seed)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this suite."""
    parser.addoption("--complete", action="store_true", help="run every case of the tests that are sampled")
    parser.addoption("--rest", action="store_true", help="run what make test omits, except repeated cases")
    parser.addoption("--renew", action="store_true", help="record expected results: rows of questions, words of pages")
    parser.addoption("--seed", help="seed of the samples (default: the commit)")
    parser.addoption("--shuffle", action="store_true", help="run files, and the tests of a file, in random order")
    parser.addoption("--tables", action="store_true", help="print recorded properties as tables in Markdown")


def pytest_configure(config: pytest.Config) -> None:
    """Set the seed, and a cache for this run that worker processes inherit."""
    gc.disable()  # during collection, which frees nothing
    if not hasattr(config, "workerinput"):
        cache = tempfile.TemporaryDirectory(prefix="iqgraph-cache-")
        config.add_cleanup(cache.cleanup)
        os.environ["XDG_CACHE_HOME"] = cache.name
    config.option.seed = config.option.seed or _commit()
    config.option.complete |= config.option.rest


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed, so that a run can be repeated."""
    return f"{'complete' if config.option.complete else 'sampled'} run: --seed {config.option.seed}"


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Sample the cases of a test before they become items, which halves the time of collection."""
    is_rest = metafunc.config.option.rest
    if metafunc.config.option.complete and not is_rest:
        return
    omitted = {number for number, is_drawn in _draw(metafunc, "sample") if is_drawn == is_rest}
    if is_rest:
        omitted |= {number for number, is_drawn in _draw(metafunc, "repeats") if not is_drawn}
    metafunc._calls = [case for number, case in enumerate(metafunc._calls) if number not in omitted]  # noqa: SLF001


def _draw(metafunc: pytest.Metafunc, name: str) -> Iterator[tuple[int, bool]]:
    """The number of each case with this mark, and whether it is drawn, as so many of them or of their kind are."""
    cases: dict[tuple[int, str], list[int]] = defaultdict(list)
    test_marks = list(metafunc.definition.iter_markers(name))
    # No public attribute holds the cases of all tables together: https://docs.pytest.org/en/stable/how-to/parametrize.html
    for number, case in enumerate(metafunc._calls):  # noqa: SLF001
        for mark in [*(one for one in case.marks if one.name == name), *test_marks][:1]:
            cases[mark.args[0], mark.kwargs.get("of", "")].append(number)
    chance = random.Random(f"{metafunc.config.option.seed} {metafunc.definition.nodeid}")  # noqa: S311 - no secret
    for (size, _), numbers in cases.items():
        drawn = set(chance.sample(numbers, min(size, len(numbers))))
        yield from ((number, number in drawn) for number in numbers)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the slowest tiers first, then files with many cases, so that no process is left alone with them."""
    chance = random.Random(config.option.seed)  # noqa: S311 - a sample, no secret
    if config.option.shuffle:
        files = {file: chance.random() for file in sorted({item.path for item in items})}
        chance.shuffle(items)
        items.sort(key=lambda item: files[item.path])
    else:
        cases = Counter(item.path for item in items)
        items.sort(key=lambda item: (min(TIERS.index(_tier(item)), LAST), -cases[item.path]))
    if config.option.rest:
        _select(config, items, _is_in_rest)
    elif not config.option.complete:  # sampled tests without cases are omitted
        _select(config, items, lambda item: hasattr(item, "callspec") or not _is_sampled(item))


def pytest_collection_finish() -> None:
    """Exempt collected items from garbage collection, since they live to the end."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:  # noqa: ANN401 - of xdist
    """Run the tests of a file in one process, likewise all tests of the site except in a complete run.

    Tests of the same engine share a process, so that the engine is started once.
    """

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            if engine := ENGINE.match(nodeid):
                return engine[1]
            is_of_site = nodeid.startswith(ONE_SITE) and not config.option.complete
            return ONE_SITE[0] if is_of_site else str(super()._split_scope(nodeid))

    return Scheduling(config, log)


def _select(config: pytest.Config, items: list[pytest.Item], is_selected: Callable[[pytest.Item], bool]) -> None:
    """Deselect all other tests, which pytest reports at the end."""
    config.hook.pytest_deselected(items=[item for item in items if not is_selected(item)])
    items[:] = filter(is_selected, items)


def _is_in_rest(item: pytest.Item) -> bool:
    """Whether make test omits a test; one of which it ran all cases has none left."""
    has_cases = hasattr(item, "callspec") or not item.get_closest_marker("parametrize")
    return _tier(item) not in SAMPLED or (_is_sampled(item) and has_cases) or _has_draw_fixture(item)


def _tier(item: pytest.Item) -> str:
    """The folder of a test."""
    return item.nodeid.split("/", 2)[1]


def _is_sampled(item: pytest.Item) -> bool:
    """Whether some cases of a test run in the complete run only."""
    return item.get_closest_marker("sample") is not None


def _has_draw_fixture(item: pytest.Item) -> bool:
    """Whether a test samples its cases itself."""
    return "draw" in getattr(item, "fixturenames", ())


def _commit() -> str:
    """The commit under test, or the version outside of a repository."""
    call = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return __version__


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a table for each test function, with a row for each case."""
    if not terminalreporter.config.getoption("--tables"):
        return
    tables: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if report.when == "call" and report.user_properties:
                function, _, case = report.nodeid.partition("[")
                row = {"result": outcome, **dict(report.user_properties)}
                tables.setdefault(function, []).append((case.removesuffix("]"), row))
    for function, rows in tables.items():
        names = list(dict.fromkeys(name for _, row in rows for name in row))
        terminalreporter.write_line(f"\n{function}\n")
        terminalreporter.write_line(f"| case | {' | '.join(names)} |")
        terminalreporter.write_line("|---" * (len(names) + 1) + "|")
        for case, row in rows:
            cells = " | ".join(str(row.get(name, "")).replace("|", "\\|") for name in names)
            terminalreporter.write_line(f"| {case} | {cells} |")
