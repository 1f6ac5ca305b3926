"""The commands, queries and paths of README and docs work."""

import os
import re
import shlex
import shutil
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest

from asking import ask
from iqgraph.cli import main
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from repository import DOCUMENT, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]) if (ROOT / "README.md").exists() else []
FOLDERS = r"\.ci|data|deploy|docs|ontology|requirements|server|shapes|tests"
EXAMPLES = ("data/minutes/", "tests/screenshots/")  # a placeholder name, and the output of a test
HERE = "http://127.0.0.1:8000"
PROCESSES = {"loader", "master", "server", "zygote", "worker"}  # what `ps` calls the processes of a service
ELSEWHERE = {  # the test of the blocks of a page by language; those in `console` and `sparql` are tested here
    ("CONTRIBUTING.md", "sh"): "served/test_cli.py",
    ("CONTRIBUTING.md", "turtle"): "served/test_contributing.py",
    ("docs/agents.md", "json"): "served/test_streams.py",
    ("docs/debian.md", "ini"): "unit/test_deploy.py",
    ("docs/debian.md", "sh"): "served/test_install.py",
    ("docs/endpoint.md", "python"): "unit/test_library.py",
    ("docs/engines/README.md", "sh"): "served/test_docs.py",
    ("docs/engines/fuseki.md", "sh"): "engines/backends.py",
    ("docs/engines/oxigraph.md", "sh"): "engines/backends.py",
    ("docs/engines/virtuoso.md", "sh"): "engines/backends.py",
    ("docs/evidence.md", "json"): "unit/test_pairs.py",
    ("docs/linked-data.md", "apache"): "served/test_promises.py",
    ("docs/linking.md", "python"): "served/test_linking.py",
    ("docs/linking.md", "sh"): "served/test_linking.py",
    ("docs/linking.md", "text"): "served/test_linking.py",
    ("docs/model.md", "turtle"): "served/test_promises.py",
    ("docs/performance.md", ""): "served/test_promises.py",
    ("docs/running.md", "json"): "served/test_running.py",
    ("docs/running.md", "nginx"): "served/test_running.py",
    ("docs/running.md", "sh"): "served/test_install.py",
    ("docs/scaling.md", "sh"): "faults/test_nginx.py",
    ("docs/versions.md", "http"): "served/test_promises.py",
}


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in one language, also those within a list."""
    fences = rf"^( *)```{language}\n(.*?)^\1```$"
    matches = re.findall(fences, page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in matches]


def sessions() -> list[tuple[str, str]]:
    """The commands after a prompt, each with its output."""
    session_blocks = [block for page in PAGES for block in blocks(page, "console")]
    return [_split(one) for block in session_blocks for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


def _split(session: str) -> tuple[str, str]:
    """Split a session after the line that closes the quotes of its command."""
    lines = session.splitlines()
    for end in range(1, len(lines) + 1):
        command = "\n".join(lines[:end])
        if command.count("'") % 2 == 0:
            return command, "\n".join(lines[end:])
    raise ValueError(f"the quotes of this command are not closed: {session}")


CURLS = [session for session in sessions() if session[0].startswith("curl ")]
MAKES = sorted({text for page in PAGES for text in re.findall(r"`(make [a-z-]+)`", page.read_text(encoding="utf-8"))})
TABLES = sorted({table for page in PAGES for table in re.findall(r'read_csv\("([^"]+)"\)`', page.read_text("utf-8"))})
CALLS = sorted(
    {
        call
        for page in PAGES
        for text in [
            *re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")),
            *"\n".join(blocks(page, "sh")).replace("\\\n", "").splitlines(),
        ]
        for call in re.findall(r"^(?:[A-Z_]+=\S+ |\S*/)?iqgraph ([a-z]+(?: .*)?)$", text)
        if call not in PROCESSES
    }
)
QUERIES = [
    pytest.param(query, id=f"{page.stem}-{n}") for page in PAGES for n, query in enumerate(blocks(page, "sparql"))
]


def test_every_block_has_a_test() -> None:
    """A block in a language that a page did not have needs a test of its own."""
    fences = re.compile(r"^ *```(\w*)\n.*?^ *```$", re.MULTILINE | re.DOTALL)
    languages = {
        (str(page.relative_to(ROOT)), language)
        for page in PAGES
        for language in fences.findall(page.read_text(encoding="utf-8"))
    }
    here = {"console", "sparql"}

    assert {one for one in languages if one[1] not in here} == {*ELSEWHERE}
    assert [name for name in ELSEWHERE.values() if not (ROOT / "tests" / name).exists()] == []


def test_every_shown_command_is_one_of_these() -> None:
    """A command of a new kind in the pages needs a test of its own."""
    programs = {command.split()[0] for command, _ in sessions()}

    assert programs <= {"make", "curl", "sha256sum", "iqgraph"}


def test_make_serve_runs_the_server() -> None:
    """`make serve` is the command that the other tests start."""
    plan = subprocess.run(["make", "-n", "serve"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "iqgraph serve --host 127.0.0.1 --port 8000" in plan.stdout


@pytest.mark.parametrize("command", MAKES)
def test_make_targets_exist(command: str) -> None:
    """Each target on a page is in the Makefile."""
    plan = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert plan.returncode == 0, plan.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("command", "output"), CURLS)
def test_curl_answers_as_shown(command: str, output: str, server_url: str, tmp_path: Path) -> None:
    """A curl command gives exactly the answer below it."""
    process = subprocess.run(
        shlex.split(command.replace(HERE, server_url)),
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
    )

    assert process.stdout.decode().split() == output.replace(HERE, server_url).split()


@pytest.mark.parametrize("query", QUERIES)
def test_queries_have_answers(query: str, dataset: Dataset) -> None:
    """Each query in the pages has at least one row."""
    rows = Embedded(dataset.store).answer(Query(query), CSV).decode().splitlines()

    assert len(rows) > 1


@pytest.fixture
def dataset_of_commands(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands use the dataset fixture."""
    monkeypatch.setattr("iqgraph.cli.data.load", lambda *_: dataset)


@pytest.mark.usefixtures("dataset_of_commands")
@pytest.mark.parametrize(
    ("arguments", "output"),
    [(["query", "ASK { ?s ?p ?o }"], "true"), pytest.param(["validate"], "Valid: ", marks=pytest.mark.sample(0))],
    ids=["query", "validate"],
)
def test_commands_of_the_table_work(arguments: list[str], output: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The commands in the README work; tests/data validates, too."""
    assert main(arguments) == 0
    assert capfd.readouterr().out.startswith(output)


@pytest.mark.usefixtures("dataset_of_commands")
@pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is not part of the project and not at hand")
def test_verify_works() -> None:
    """The offsets and hashes fit the document."""
    assert main(["verify", str(DOCUMENT)]) == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    """A page links only to files that exist."""
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_headings_lead_somewhere(page: Path) -> None:
    """A link into a page names one of its headings."""
    links = re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    places = {link: page.parent / link[0] if link[0] else page for link in links}

    assert [link for link, place in places.items() if link[1] not in headings(place)] == []


def headings(page: Path) -> set[str]:
    """The link targets of the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_are_there(page: Path) -> None:
    """A path in a sentence or a command exists in the repository; a placeholder matches at least one."""
    text = page.read_text(encoding="utf-8")
    if page.name == "CHANGELOG.md":  # removed files, and those of older releases, need not exist
        text = re.sub(r"^### Removed$.*?(?=^##)|^## \[\d.*", "", text, flags=re.MULTILINE | re.DOTALL)
    texts = [*re.findall(r"`([^`\n]+)`", text), *blocks(page, "sh")]
    paths = {path for one in texts for path in re.findall(rf"(?:^|\s)((?:{FOLDERS})/[^\s:`]*)", one)}
    own = {path for path in paths if not path.startswith(EXAMPLES)}

    assert [path for path in own if not list(ROOT.glob(re.sub(r"<\w+>|NN", "*", path).rstrip("/")))] == []


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/*.md")), ids=lambda page: page.stem)
def test_the_readme_leads_to_every_page(page: Path) -> None:
    """The README links to each page."""
    assert f"(docs/{page.name})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_calls_are_understood(capfd: pytest.CaptureFixture[str]) -> None:
    """Each `iqgraph …` in the pages is an existing command with existing options."""
    for call in CALLS:
        words = shlex.split(call)
        assert main([*takewhile(lambda word: not word.startswith("-"), words), "--help"]) == 0, call
        options = set(re.findall(r"--[a-z-]+", capfd.readouterr().out))

        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, call


@pytest.mark.parametrize("address", TABLES)
def test_tables_are_read_by_their_addresses(address: str, server_url: str) -> None:
    """The addresses in the pandas examples give tables with rows."""
    answer = ask(address.replace(HERE, server_url))

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(answer.body.splitlines()) > 1
