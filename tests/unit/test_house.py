"""The consistency of the repository: packages, version, lock files, Makefile and the map of the code."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import iqgraph
from iqgraph.release.versions import Release, releases
from iqgraph.resources import packaged
from map_code import HEADING, PACKAGE, mapped
from repository import ROOT

FOLDERS = {f"iqgraph.{folder}": folder for folder in ("data", "docs", "ontology", "shapes")}
LOCKS = ("requirements/runtime.txt", "requirements/development.txt")
VERSION_IN = {
    "pyproject.toml": r'^version = "(.+)"$',
    "CITATION.cff": r"^version: (.+)$",
    "CHANGELOG.md": r"^## \[(\d.+?)\]",
    "data/dataset.ttl": r'^    dcat:version "(.+)" [;.]$',
    "ontology/iq.ttl": r'^    owl:versionInfo "(.+)" [;.]$',
}


def read(path: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def requirements(lock: str) -> dict[str, str]:
    """The pinned distributions of a lock file, each with its version and hashes."""
    pins = re.findall(r"^([a-z0-9-]+)==((?:.|\n )+)", read(lock), re.MULTILINE)
    return dict(pins)


def test_every_package_is_in_the_wheel() -> None:
    """The list of packages is explicit, so it must name each new folder."""
    setuptools = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]
    names = set(setuptools["packages"])
    server = ROOT / "server"
    packages = {".".join(file.parent.relative_to(server).parts) for file in server.rglob("__init__.py")}

    assert names == packages | FOLDERS.keys()
    assert names >= setuptools["package-data"].keys()


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_data_folders_hold_no_code(folder: str) -> None:
    """Their only Python file makes them packages."""
    code = [file.relative_to(ROOT).as_posix() for file in (ROOT / folder).rglob("*.py")]

    assert code == [f"{folder}/__init__.py"]
    assert len(read(f"{folder}/__init__.py").splitlines()) == 1


@pytest.mark.parametrize("path", VERSION_IN)
def test_one_version(path: str) -> None:
    """Package, citation, changelog and ontology have the same number."""
    match = re.search(VERSION_IN[path], read(path), re.MULTILINE)

    assert match, f"{path} names no version"
    assert match[1] == iqgraph.__version__


@pytest.mark.parametrize("release", releases(packaged()), ids=lambda release: str(release.version))
def test_the_changelog_has_the_day_of_each_release(release: Release) -> None:
    """It is the day on record."""
    assert f"\n## [{release.version}] - {release.issued}\n" in read("CHANGELOG.md")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_is_hashed_and_names_no_index(lock: str) -> None:
    """The content is verified, and each machine chooses its own index."""
    pins = requirements(lock)

    assert pins
    assert [name for name, pin in pins.items() if "--hash=sha256:" not in pin] == []
    assert "://" not in read(lock)
    assert not re.search(r"^\s*-(?!-hash)", read(lock), re.MULTILINE)


def test_packages_of_the_pages_are_hashed_and_name_no_registry() -> None:
    """The lock file of the scripts of the pages follows the same rule."""
    entries = json.loads(read("server/iqgraph/web/frontend/package-lock.json"))["packages"]
    wanted = entries.pop("")

    assert wanted.items() <= json.loads(read("server/iqgraph/web/frontend/package.json")).items()
    assert [name for name, package in entries.items() if "resolved" in package] == []
    assert [name for name, package in entries.items() if not package["integrity"].startswith("sha512-")] == []


def test_lock_files_agree() -> None:
    """Development installs the versions that production installs, and more."""
    runtime, development = map(requirements, LOCKS)

    assert runtime.items() <= development.items()


def test_lock_file_holds_every_dependency() -> None:
    """Each declared dependency is locked."""
    project = tomllib.loads(read("pyproject.toml"))
    dependencies = project["project"]["dependencies"] + project["build-system"]["requires"]
    names = {re.split(r"[^A-Za-z0-9-]", one, maxsplit=1)[0].lower() for one in dependencies}

    assert names <= requirements(LOCKS[0]).keys()


def test_templates_escape_what_they_show() -> None:
    """No template marks a value as safe; a program that does gives its reason (ruff S704)."""
    templates = [file for file in (PACKAGE / "web/templates").rglob("*") if file.is_file()]
    texts = {file.name: file.read_text(encoding="utf-8") for file in templates}

    assert [name for name, text in texts.items() if re.search(r"\|\s*safe\b|\bautoescape\b", text)] == []


def test_make_help_names_every_target() -> None:
    """The Makefile documents itself."""
    makefile = read("Makefile")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)

    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z-]+):.* ## \S", makefile, re.MULTILINE))


def commands(target: str) -> list[str]:
    """The commands that a target of the Makefile would run, of the programs of development."""
    call = ["make", "--dry-run", "--always-make", "--no-print-directory", target]
    output = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return re.findall(
        r"^\.venv/bin/((?:pytest|ruff|python tests|mypy|lint-imports|iqgraph)\b.*)$", output, re.MULTILINE
    )


def test_each_folder_of_tests_is_run_as_the_table_says() -> None:
    """Each target in CONTRIBUTING runs its folder; a command without a folder runs all."""
    rows = re.findall(r"^\| `(tests/[a-z]+)` \|.*\| (.+) \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    runs = {target: commands(target) for _, targets in rows for target in re.findall(r"`make ([a-z-]+)`", targets)}

    assert {folder for folder, _ in rows} >= {f"tests/{one}" for one in ("unit", "data", "site", "served", "wheel")}
    for folder, targets in rows:
        for target in re.findall(r"`make ([a-z-]+)`", targets):
            assert any(re.search(rf"{folder}\b", one) or "tests/" not in one for one in runs[target]), (folder, target)


def test_selections_of_tests_select_some() -> None:
    """Each word by which CONTRIBUTING selects tests of a file is in the name of one; what follows "and" is a case."""
    for file, words in re.findall(r"(tests/\S+\.py) -k \"([^\"]+)\"", read("CONTRIBUTING.md")):
        names = " ".join(re.findall(r"^def (test_\w+)", read(file), re.MULTILINE))
        assert [one for one in words.split(" or ") if one.partition(" and ")[0] not in names] == [], file


def test_check_and_ci_run_what_the_documents_say() -> None:
    """`make check` runs linter, formatters, map, types and import contracts; `.ci/run` what CONTRIBUTING says."""
    programs = ["ruff check", "ruff format", "python tests/support/format_rdf.py", "python tests/support/map_code.py"]
    (sentence,) = re.findall(r"^`\.ci/run` runs (.+?);", read("CONTRIBUTING.md"), re.MULTILINE)

    assert [
        one for one in [*programs, "mypy", "lint-imports"] if not any(map(re.compile(one).match, commands("check")))
    ] == []
    assert [one for one in commands("check") if re.search("format", one) and "--check" not in one] == []
    assert re.findall(r"^make ([a-z-]+)$", read(".ci/run"), re.MULTILINE) == re.findall(r"`make ([a-z-]+)`", sentence)


def test_the_map_of_the_code_is_current() -> None:
    """`make format` generates it from the docstrings of the modules."""
    text = read("docs/code.md")

    assert mapped(text) == text


def test_the_walks_through_the_code_name_modules() -> None:
    """Each name is that of one module or package, and each path exists."""
    walks = read("docs/code.md").partition(HEADING)[0]
    stems = [file.stem for file in PACKAGE.rglob("*.py")]
    modules = {stem for stem in stems if stems.count(stem) == 1}
    names = set(re.findall(r"`([a-z_]+)`", walks))
    paths = re.findall(r"`((?:engine|model|reference|service|web)/[a-z_/]+)`", walks)

    assert names <= modules
    assert [path for path in paths if not list(PACKAGE.glob(f"{path}*"))] == []


def test_the_table_of_the_code_names_what_is_there() -> None:
    """Each file and folder exists, and each name occurs in a file of its row."""
    table = read("docs/code.md").partition("## A query on its way")[0]
    for row in re.findall(r"^\| .+ \| (.*`.*) \|$", table, re.MULTILINE):
        words = [one for one in re.findall(r"`([^`]+)`", row) if not one.endswith("…")]
        paths = [one for one in words if re.search(r"/|\.[a-z]+$", one)]
        files = [top / one for one in paths for top in (PACKAGE, ROOT, ROOT / "ontology") if (top / one).exists()]
        texts = [file.read_text(encoding="utf-8") for file in files if file.is_file()]

        assert [file.name for file in files] == [Path(one).name for one in paths]
        assert [
            one for one in words if one not in paths and not any(re.search(rf"\b{one}\b", text) for text in texts)
        ] == []
