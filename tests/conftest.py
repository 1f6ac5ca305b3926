"""What tests are given: the bundled dataset, a tiny one that they may break; and how a run is made.

The folder is the tier, see CONTRIBUTING. A test that is marked `sample(n)` runs n of its cases; `--complete` runs all.
Where cases are marked `sample(n, of=kind)`, n of each kind are run; `sample(0)` leaves all to the complete run. With
`--rest` only those marked `repeats(n)` are drawn from, which ask again what other tests ask: n of their cases are run.
"""

import gc
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
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
    """A busy machine is no reason to replace a zygote: with it the process ends that has the pool, here pytest's own.

    What a server does whose zygote hangs is tested with servers that are processes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zygote, "MAX_ORDER_SECONDS", 600.0)  # longer than any test may take
        yield


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The bundled dataset; nobody may change it."""
    return load()


@pytest.fixture(scope="session")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The tiny dataset, for tests to which any data will do; nobody may change it."""
    return load(sources=tiny.write(tmp_path_factory.mktemp("letter")))


@pytest.fixture(scope="session")
def files(dataset: Dataset) -> Files:
    """The release of the bundled dataset, each file of which is made once; nobody may change it."""
    return build(dataset)


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of a running server of the bundled dataset, with the usual settings; nobody may end it."""
    with serving() as address:
        yield address


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """The sources of the tiny dataset, in `tmp_path`, for this test alone."""
    return tiny.write(tmp_path)


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> str:
    """What chance begins with in this run: the same everywhere at one commit."""
    return str(pytestconfig.option.seed)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How a run differs from the usual one."""
    parser.addoption("--complete", action="store_true", help="run every case of the tests that are sampled")
    parser.addoption("--rest", action="store_true", help="run what make test leaves out, and all but repeated cases")
    parser.addoption(
        "--renew", action="store_true", help="write down what is to be expected: rows of questions, words of pages"
    )
    parser.addoption("--seed", help="what the samples are drawn by (default: the commit)")
    parser.addoption("--shuffle", action="store_true", help="run files, and the tests of a file, in another order")
    parser.addoption("--tables", action="store_true", help="print what the tests recorded, as tables in Markdown")


def pytest_configure(config: pytest.Config) -> None:
    """Processes that share the tests are given the seed, and a cache for this run, by the one that started them."""
    gc.disable()  # until all is collected, which makes much and lets nothing go
    if not hasattr(config, "workerinput"):
        cache = tempfile.TemporaryDirectory(prefix="iqgraph-cache-")
        config.add_cleanup(cache.cleanup)
        os.environ["XDG_CACHE_HOME"] = cache.name
    drawn = ["repeats"] if config.option.rest else ["sample", "repeats"]
    config.option.drawn = [] if config.option.complete else drawn
    config.option.seed = config.option.seed or _commit()
    config.option.complete |= config.option.rest


def pytest_report_header(config: pytest.Config) -> str:
    """Whoever wants the same samples again can have them."""
    return f"{'complete' if config.option.complete else 'sampled'} run: --seed {config.option.seed}"


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Draw the cases of a sampled test before they become items, which is half the time of collecting."""
    cases: dict[tuple[int, str], list[Any]] = defaultdict(list)
    kinds = metafunc.config.option.drawn
    whole = list(metafunc.definition.iter_markers())
    # Nothing public has the cases of all tables together: https://docs.pytest.org/en/stable/how-to/parametrize.html
    for case in metafunc._calls if kinds else []:  # noqa: SLF001
        for mark in sorted((one for one in (*case.marks, *whole) if one.name in kinds), key=_is_repeated)[:1]:
            cases[mark.args[0], mark.kwargs.get("of", "")].append(case)
    chance = random.Random(f"{metafunc.config.option.seed} {metafunc.definition.nodeid}")  # noqa: S311 - no secret
    left_out = {
        id(case) for (number, _), found in cases.items() for case in chance.sample(found, max(0, len(found) - number))
    }
    metafunc._calls = [case for case in metafunc._calls if id(case) not in left_out]  # noqa: SLF001


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first, so that no process is left alone with it."""
    chance = random.Random(config.option.seed)  # noqa: S311 - a sample, no secret
    if config.option.shuffle:
        files = {file: chance.random() for file in sorted({item.path for item in items})}
        chance.shuffle(items)
        items.sort(key=lambda item: files[item.path])
    else:
        items.sort(key=lambda item: TIERS.index(_tier(item)))
    if config.option.rest:
        _keep(config, items, {one for one in items if _tier(one) not in SAMPLED or _is_sampled(one) or _draws(one)})
    elif not config.option.complete:  # of tests without cases none is drawn
        _keep(config, items, {one for one in items if hasattr(one, "callspec") or not _is_sampled(one)})


def pytest_collection_finish() -> None:
    """What was collected stays to the end, so the garbage collector need not look at it each time, nor so often."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:  # noqa: ANN401 - of xdist
    """The tests of a file share a process, and so do all that look at one site, but where every page is looked at.

    Those of real engines share one an engine, which is started once.
    """

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            if engine := ENGINE.match(nodeid):
                return engine[1]
            is_of_site = nodeid.startswith(ONE_SITE) and not config.option.complete
            return ONE_SITE[0] if is_of_site else str(super()._split_scope(nodeid))

    return Scheduling(config, log)


def _keep(config: pytest.Config, items: list[pytest.Item], wanted: set[pytest.Item]) -> None:
    """Leave all other tests out, and have that told at the end."""
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = [item for item in items if item in wanted]


def _tier(item: pytest.Item) -> str:
    """The folder that a test lies in."""
    return item.nodeid.split("/", 2)[1]


def _is_sampled(item: pytest.Item) -> bool:
    """Whether some cases of a test are left to the complete run."""
    return item.get_closest_marker("sample") is not None


def _is_repeated(mark: pytest.Mark) -> bool:
    """Whether a mark leaves cases to others, and so comes after one that draws fewer of them."""
    return mark.name == "repeats"


def _draws(item: pytest.Item) -> bool:
    """Whether a test draws from its cases by itself."""
    return "draw" in getattr(item, "fixturenames", ())


def _commit() -> str:
    """The commit that is tested, or the version where there is no repository."""
    call = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return __version__


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One table a test function, one row a case."""
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
