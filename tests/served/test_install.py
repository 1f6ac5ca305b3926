"""What docs/running.md and docs/debian.md have an operator type does what they say, in a folder for the machine."""

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
    """What a block prints as if the folder were the root of the machine, and how it called what is absent here."""
    programs = folder / "programs"
    programs.mkdir()
    for name in absent:
        program = put(programs, name, f'#!/bin/sh\necho {name} "$@" >>{folder}/calls\n')
        program.chmod(0o755)
    there = re.sub(r"(^| )/(etc|opt)/", rf"\1{folder}/\2/", block, flags=re.MULTILINE)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "PIP_NO_INDEX": "1", "HOME": str(folder)}
    done = subprocess.run(
        ["sh", "-e", "-c", there], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    calls = folder / "calls"
    return done.stdout, [line.split() for line in calls.read_text().splitlines()] if calls.exists() else []


def test_every_block_is_one_of_these() -> None:
    """A block of a new kind needs a test of its own."""
    assert [block.splitlines()[1].split()[0] for block in commands()] == ["python3", "install", "podman"]


@pytest.mark.sample(0)  # it makes an environment with pip
def test_the_wheel_is_installed(tmp_path: Path) -> None:
    """Into an environment of its own, from which it is started; here it is a stand-in that needs nothing else."""
    source = tmp_path / "source"
    (source / "dist").mkdir(parents=True)
    with ZipFile(source / "dist" / WHEEL.format(1), "w") as wheel:
        for name, content in STAND_IN.items():
            wheel.writestr(name, content)

    said, calls = carry_out(commands()[0], tmp_path, "make", where=source)

    assert calls == [["make", "wheel"]]
    assert said.splitlines()[-1] == "serve"


def test_the_wheel_lies_where_it_is_looked_for() -> None:
    """`make wheel` writes it there under a name that the page and the container file find; the unit knows the place."""
    plan = subprocess.run(["make", "-n", "wheel"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shown = re.findall(r"\S+/iqgraph-\S+", commands()[0]) + re.findall(
        r"^COPY (\S+\.whl)", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    program = commands()[0].splitlines()[-1].split()[0]

    assert "--wheel-dir dist" in plan
    assert len(shown) == 2
    assert all(fnmatch(f"dist/{WHEEL.format(version('iqgraph'))}", one) for one in shown)
    assert f"ExecStart={program} serve" in (DEPLOY / "iqgraph@.service").read_text(encoding="utf-8")


def test_the_unit_finds_what_is_installed(tmp_path: Path) -> None:
    """Each file lies where the unit looks for it, the one for secrets is its owner's only, and the service is begun."""
    _, calls = carry_out(commands()[1], tmp_path, "systemctl")
    unit = tmp_path / "etc/systemd/system/iqgraph@.service"
    wanted = re.findall(r"[ =-](/etc/\S+)", re.sub("^#.*", "", unit.read_text(encoding="utf-8"), flags=re.MULTILINE))
    installed = {str(one.relative_to(tmp_path)) for one in (tmp_path / "etc").rglob("*") if one.is_file()}

    assert calls == [["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", f"{unit.stem}8000"]]
    assert {one.lstrip("/") for one in wanted} == installed - {str(unit.relative_to(tmp_path))}
    assert (tmp_path / "etc/iqgraph/iqgraph.env").stat().st_mode & 0o777 == 0o600
    assert main(["config", "--config", str(tmp_path / "etc/iqgraph/iqgraph.toml")]) == 0


def test_the_exposure_is_as_told() -> None:
    """The page does not make the unit safer than systemd finds it."""
    if subprocess.run(["sh", "-c", "command -v systemd-analyze"], capture_output=True, check=False).returncode:
        pytest.skip("systemd-analyze is missing: install systemd")
    told = re.findall(r"calls the exposure (\d\.\d) of 10", PAGE.read_text(encoding="utf-8"))
    threshold = f"--threshold={float(told[0]) * 10:.0f}"
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", threshold, f"{DEPLOY}/iqgraph@.service"]

    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_container_is_built_and_run(tmp_path: Path) -> None:
    """From the file and the wheel that are there, under one name, at the port that the image opens; the file agrees."""
    _, calls = carry_out(commands()[2], tmp_path, "make", "podman")
    file = DEPLOY / "Containerfile"
    opened = re.findall(r"^EXPOSE (\d+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    shown = re.findall(r"podman .*", re.sub("\n# ", " ", file.read_text(encoding="utf-8").partition("\nFROM")[0]))
    made, build, run = calls
    options = dict(pairwise(build))

    assert made == ["make", "wheel"]
    assert ROOT / options["--file"] == file
    assert build[-1] == "."
    assert (options["--tag"], run[run.index("--publish") + 1].rpartition(":")[2]) == (run[-1], opened[0])
    assert shlex.join(build) in shown[0]
    assert shlex.join(run) in shown[0]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[str]]]:
    """What a minimal Debian has once all of its page was typed, from top to bottom, and how it called its programs."""
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
    absent = ("apt-get", "python3", "systemctl", "nginx", "certbot", "curl")
    return folder, carry_out("\n".join(commands(DEBIAN)), folder, *absent)[1]


def test_debian_has_what_the_units_read(typed: tuple[Path, list[list[str]]]) -> None:
    """Settings with the name that the world knows, a unit, and an environment that only its owner reads."""
    folder, calls = typed
    settings = folder / "etc/iqgraph/iqgraph.toml"

    assert main(["config", "--config", str(settings)]) == 0
    assert 'public-url = "https://data.example"' in settings.read_text(encoding="utf-8").splitlines()
    assert (folder / "etc/iqgraph/iqgraph.env").stat().st_mode & 0o777 == 0o600
    assert ["systemctl", "enable", "--now", "iqgraph@8001", "iqgraph@8002"] in calls
    assert (folder / "etc/systemd/system/iqgraph@.service").exists()
    assert (folder / "etc/logrotate.d/iqgraph").exists()


def test_debian_has_what_nginx_reads(typed: tuple[Path, list[list[str]]]) -> None:
    """One site, under the name for which the certificate is asked, which finds the file that it includes."""
    folder, calls = typed
    nginx = folder / "etc/nginx"
    (included,) = re.findall(r"^include (\S+);$", (nginx / "conf.d/iqgraph.conf").read_text("utf-8"), re.MULTILINE)
    site = (nginx / included).read_text(encoding="utf-8")
    (asked,) = [call for call in calls if call[0] == "certbot" and "--webroot" in call]
    files = list((nginx / "iqgraph").iterdir())
    named = {name for file in files for name in re.findall(r"^ *include (\S+);", file.read_text("utf-8"), re.MULTILINE)}

    assert re.findall(r"^ *server_name (\S+);", site, re.MULTILINE) == [asked[-1]]
    assert set(re.findall(r"/etc/letsencrypt/live/(\S+)/|https://([^$]+)", site)) == {(asked[-1], ""), ("", asked[-1])}
    assert f" root {asked[asked.index('--webroot-path') + 1]};" in site
    assert named <= {f"iqgraph/{file.name}" for file in files}
    assert calls.index(["nginx", "-t"]) < calls.index(["systemctl", "reload", "nginx"]) < calls.index(asked)


def test_debian_changes_the_version_by_a_link(typed: tuple[Path, list[list[str]]]) -> None:
    """What was installed is a folder of its own; the link leads to the new one before the servers start again."""
    folder, calls = typed
    wheels = [WHEEL.format(version) for version in ("VERSION", "NEW")]

    assert [call for call in calls if call[0] == "pip"] == [["pip", "install", f"dist/{wheel}"] for wheel in wheels]
    assert (folder / "opt/iqgraph").readlink() == Path("iqgraph-NEW")
    with tarfile.open(folder / "opt/iqgraph-VERSION/etc.tar") as old:
        assert {"iqgraph.toml", "iqgraph.env", "iqgraph@.service", "https.conf"} <= {
            Path(name).name for name in old.getnames()
        }
    assert calls[-2:] == [["systemctl", "restart", f"iqgraph@{port}"] for port in (8001, 8002)]
