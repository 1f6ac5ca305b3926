"""The commands of docs/running.md and docs/debian.md, run in a folder in place of the root of the machine."""

import os
import re
import shlex
import subprocess
import tarfile
from fnmatch import fnmatch
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest

from iqgraph.cli import main
from repository import ROOT
from tiny import put

DEPLOY = ROOT / "deploy"
PAGE, DEBIAN = ROOT / "docs/running.md", ROOT / "docs/debian.md"
WHEEL = "iqgraph-{}-py3-none-any.whl"
STAND_IN = {
    "iqgraph.py": "import sys\ndef main(): print(*sys.argv[1:])\n",
    "iqgraph-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: iqgraph\nVersion: 1\n",
    "iqgraph-1.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "iqgraph-1.dist-info/entry_points.txt": "[console_scripts]\niqgraph = iqgraph:main\n",
    "iqgraph-1.dist-info/RECORD": "",
}


def commands(page: Path = PAGE) -> list[str]:
    """The blocks of commands of a page."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def carry_out(block: str, folder: Path, *absent: str, where: Path = ROOT) -> tuple[str, list[list[str]]]:
    """Run a block with the folder as root: its output, and its calls of programs that are absent here."""
    programs = folder / "programs"
    programs.mkdir()
    for name in absent:
        program = put(programs, name, f'#!/bin/sh\necho {name} "$@" >>{folder}/calls\n')
        program.chmod(0o755)
    script = re.sub(r"(^| )/(etc|opt)/", rf"\1{folder}/\2/", block, flags=re.MULTILINE)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "PIP_NO_INDEX": "1", "HOME": str(folder)}
    process = subprocess.run(
        ["sh", "-e", "-c", script], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    calls = folder / "calls"
    return process.stdout, [line.split() for line in calls.read_text().splitlines()] if calls.exists() else []


@pytest.mark.sample(0)  # it makes an environment with pip
def test_the_wheel_is_installed(tmp_path: Path) -> None:
    """The wheel, here a stand-in without dependencies, is installed into its own environment and started from it."""
    source = tmp_path / "source"
    (source / "dist").mkdir(parents=True)
    with ZipFile(source / "dist" / WHEEL.format(1), "w") as wheel:
        for name, content in STAND_IN.items():
            wheel.writestr(name, content)

    output, calls = carry_out(commands()[0], tmp_path, "make", where=source)

    assert calls == [["make", "wheel"]]
    assert output.splitlines()[-1] == "serve"


def test_the_wheel_lies_where_the_page_expects_it() -> None:
    """Page, container file and unit use the path and name that `make wheel` writes."""
    plan = subprocess.run(["make", "-n", "wheel"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    patterns = re.findall(r"\S+/iqgraph-\S+", commands()[0]) + re.findall(
        r"^COPY (\S+\.whl)", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    program = commands()[0].splitlines()[-1].split()[0]

    assert "--wheel-dir dist" in plan
    assert len(patterns) == 2
    assert all(fnmatch(f"dist/{WHEEL.format(version('iqgraph'))}", one) for one in patterns)
    assert f"ExecStart={program} serve" in (DEPLOY / "iqgraph@.service").read_text(encoding="utf-8")


def test_the_unit_finds_what_is_installed(tmp_path: Path) -> None:
    """Each file lies where the unit reads it, secrets are private to the owner, and the service is started."""
    _, calls = carry_out(commands()[1], tmp_path, "systemctl")
    unit = tmp_path / "etc/systemd/system/iqgraph@.service"
    paths = re.findall(r"[ =-](/etc/\S+)", re.sub("^#.*", "", unit.read_text(encoding="utf-8"), flags=re.MULTILINE))
    files = {str(one.relative_to(tmp_path)) for one in (tmp_path / "etc").rglob("*") if one.is_file()}

    assert calls == [["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", f"{unit.stem}8000"]]
    assert {one.lstrip("/") for one in paths} == files - {str(unit.relative_to(tmp_path))}
    assert (tmp_path / "etc/iqgraph/iqgraph.env").stat().st_mode & 0o777 == 0o600
    assert main(["config", "--config", str(tmp_path / "etc/iqgraph/iqgraph.toml")]) == 0


def test_the_exposure_is_at_most_that_of_the_page() -> None:
    """The page names no lower exposure than systemd measures."""
    if subprocess.run(["sh", "-c", "command -v systemd-analyze"], capture_output=True, check=False).returncode:
        pytest.skip("systemd-analyze is missing: install systemd")
    ratings = re.findall(r"calls the exposure (\d\.\d) of 10", PAGE.read_text(encoding="utf-8"))
    threshold = f"--threshold={float(ratings[0]) * 10:.0f}"
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", threshold, f"{DEPLOY}/iqgraph@.service"]

    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_container_is_built_and_run(tmp_path: Path) -> None:
    """Page and container file agree on the commands, the name and the port of the image."""
    _, calls = carry_out(commands()[2], tmp_path, "make", "podman")
    file = DEPLOY / "Containerfile"
    ports = re.findall(r"^EXPOSE (\d+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    commands_in_file = re.findall(
        r"podman .*", re.sub("\n# ", " ", file.read_text(encoding="utf-8").partition("\nFROM")[0])
    )
    make, build, run = calls
    options = dict(pairwise(build))

    assert make == ["make", "wheel"]
    assert ROOT / options["--file"] == file
    assert build[-1] == "."
    assert (options["--tag"], run[run.index("--publish") + 1].rpartition(":")[2]) == (run[-1], ports[0])
    assert shlex.join(build) in commands_in_file[0]
    assert shlex.join(run) in commands_in_file[0]


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[str]]]:
    """The folder after all commands of the Debian page, and their calls of programs."""
    folder = tmp_path_factory.mktemp("debian")
    pips = [folder / f"opt/iqgraph-{version}/bin/pip" for version in ("VERSION", "NEW")]
    for place in (
        *(pip.parent for pip in pips),
        folder / "etc/nginx/conf.d",
        folder / "etc/nginx/sites-enabled",
        folder / "etc/logrotate.d",
    ):
        place.mkdir(parents=True)
    for pip in pips:
        pip.write_text(f'#!/bin/sh\necho pip "$@" >>{folder}/calls\n', encoding="utf-8")
        pip.chmod(0o755)
    absent = ("apt-get", "python3", "systemctl", "nginx", "certbot", "curl", "sleep")
    return folder, carry_out("\n".join(commands(DEBIAN)), folder, *absent)[1]


def test_debian_has_what_the_units_read(debian: tuple[Path, list[list[str]]]) -> None:
    """There are settings with the public name, a unit, and an environment file that only its owner can read."""
    folder, calls = debian
    settings = folder / "etc/iqgraph/iqgraph.toml"

    assert main(["config", "--config", str(settings)]) == 0
    assert 'public-url = "https://data.example"' in settings.read_text(encoding="utf-8").splitlines()
    assert (folder / "etc/iqgraph/iqgraph.env").stat().st_mode & 0o777 == 0o600
    assert ["systemctl", "enable", "--now", "iqgraph@8001", "iqgraph@8002"] in calls
    assert (folder / "etc/systemd/system/iqgraph@.service").exists()
    assert (folder / "etc/logrotate.d/iqgraph").exists()


def test_debian_has_what_nginx_reads(debian: tuple[Path, list[list[str]]]) -> None:
    """The site has the name of the certificate and finds the files it includes."""
    folder, calls = debian
    nginx = folder / "etc/nginx"
    (pattern,) = re.findall(r"^include (\S+);$", (nginx / "conf.d/iqgraph.conf").read_text("utf-8"), re.MULTILINE)
    site = (nginx / pattern).read_text(encoding="utf-8")
    (certbot,) = [call for call in calls if call[0] == "certbot" and "--webroot" in call]
    files = list((nginx / "iqgraph").iterdir())
    includes = {
        name for file in files for name in re.findall(r"^ *include (\S+);", file.read_text("utf-8"), re.MULTILINE)
    }

    assert re.findall(r"^ *server_name (\S+);", site, re.MULTILINE) == [certbot[-1]]
    assert set(re.findall(r"/etc/letsencrypt/live/(\S+)/|https://([^$]+)", site)) == {
        (certbot[-1], ""),
        ("", certbot[-1]),
    }
    assert f" root {certbot[certbot.index('--webroot-path') + 1]};" in site
    assert includes <= {f"iqgraph/{file.name}" for file in files}
    assert calls.index(["nginx", "-t"]) < calls.index(["systemctl", "reload", "nginx"]) < calls.index(certbot)


@pytest.mark.parametrize("block", commands(ROOT / "docs/scaling.md")[1:])
def test_nginx_finds_the_site_of_a_command(tmp_path: Path, block: str) -> None:
    """What the site includes is installed before nginx checks and loads it."""
    nginx = tmp_path / "etc/nginx"
    (nginx / "conf.d").mkdir(parents=True)
    _, calls = carry_out(block, tmp_path, "apt-get", "nginx", "systemctl")
    (site,) = (nginx / "conf.d").glob("*.conf")
    (name,) = re.findall(r"^include (\S+);$", site.read_text(encoding="utf-8"), re.MULTILINE)

    assert (nginx / name).is_file()
    assert calls[-2:] == [["nginx", "-t"], ["systemctl", "reload", "nginx"]]


def test_debian_changes_the_version_by_a_link(debian: tuple[Path, list[list[str]]]) -> None:
    """Each version has its own folder; the link leads to the new one before the servers restart, apart."""
    folder, calls = debian
    wheels = [WHEEL.format(version) for version in ("VERSION", "NEW")]

    assert [call for call in calls if call[0] == "pip"] == [["pip", "install", f"dist/{wheel}"] for wheel in wheels]
    assert (folder / "opt/iqgraph").readlink() == Path("iqgraph-NEW")
    with tarfile.open(folder / "opt/iqgraph-VERSION/etc.tar") as old:
        assert {"iqgraph.toml", "iqgraph.env", "iqgraph@.service", "https.conf"} <= {
            Path(name).name for name in old.getnames()
        }
    assert [call[-1] for call in calls[-3:]] == ["iqgraph@8001", "5", "iqgraph@8002"]
