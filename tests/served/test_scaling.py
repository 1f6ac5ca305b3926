"""The page on many servers: its commands work, its tables and its picture are what the simulation gives."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from loopback import answer, other
from proxies import find, missing, running
from repository import ROOT

PAGE = ROOT / "docs/scaling.md"
SYSTEM = ("apt-get ", "systemctl ")  # they change the machine

pytestmark = pytest.mark.repository


def commands() -> list[list[str]]:
    """The lines of each block of commands."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in blocks]


def block(start: str) -> list[str]:
    """The one block whose first line starts so."""
    return next(lines for lines in commands() if lines[0].startswith(start))


def carry_out(lines: list[str], folder: Path) -> None:
    """Run the lines of a block as if the folder were the root of the machine."""
    for line in lines:
        if not line.startswith(SYSTEM):
            # The user that compiles for Varnish may read /etc, but not the folder of a test.
            there = re.sub(r"(?<= )/etc/", f"{folder}/etc/", line).replace("varnishd ", "varnishd -j none ")
            path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
            subprocess.run(["sh", "-c", there], cwd=ROOT, env={"PATH": path}, check=True, capture_output=True)


def test_every_command_is_one_of_these() -> None:
    """A command of a new kind needs a test of its own."""
    assert [lines[0].split()[:2] for lines in commands()] == [
        ["apt-get", "install"],
        ["apt-get", "install"],
        ["deploy/switch", "nginx"],
        ["deploy/switch", "varnish"],
        ["python", "tests/benchmarks/scaling.py"],
        ["PYTHONPATH=tests", "python"],
    ]


@pytest.mark.skipif(bool(missing("nginx")), reason=missing("nginx"))
def test_nginx_takes_what_is_copied(tmp_path: Path) -> None:
    """The configuration is whole as it stands, in a tree of folders such as Debian's."""
    for name in ("etc/nginx/conf.d", "etc/nginx/sites-enabled", "var/cache"):
        (tmp_path / name).mkdir(parents=True)
    main = tmp_path / "etc/nginx/nginx.conf"
    main.write_text(
        "pid nginx.pid;\nevents {}\nhttp { include conf.d/*.conf; include sites-enabled/*; }\n", encoding="utf-8"
    )
    (tmp_path / "etc/nginx/sites-enabled/default").write_text(
        "server { listen 127.0.0.1:1080 default_server; server_name _; }\n", encoding="utf-8"
    )
    lines = block("apt-get install nginx")
    carry_out([line for line in lines if line != "nginx -t"], tmp_path)
    site = tmp_path / "etc/nginx/iqgraph/site.conf"
    text = site.read_text(encoding="utf-8").replace(" /var/", f" {tmp_path}/var/")
    site.write_text(text.replace("listen 80;", "listen 127.0.0.1:1080;"), encoding="utf-8")
    command = [str(find("nginx")), "-t", "-p", str(tmp_path), "-c", str(main), "-e", str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "nginx -t" in lines
    assert "test is successful" in done.stderr, done.stderr
    assert "conflicting" not in done.stderr


@pytest.mark.skipif(bool(missing("varnish")), reason=missing("varnish"))
def test_varnish_takes_what_is_copied(tmp_path: Path) -> None:
    """The program compiles, and the way it is started lies where systemd looks."""
    carry_out(block("apt-get install varnish"), tmp_path)

    assert (tmp_path / "etc/systemd/system/varnish.service.d/iqgraph.conf").exists()


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.skipif(bool(missing(kind)), reason=missing(kind)))
        for kind in ("nginx", "varnish")
    ],
)
def test_the_switch_is_as_shown(kind: str, tmp_path: Path) -> None:
    """The command of the page, with other servers and another folder."""
    program, proxied, _, *shown = shlex.split(block(f"deploy/switch {kind}")[0])
    held = answer(200, b"said", **{"Dataset-Hash": f"sha-256={'a' * 64}"})
    with other(held) as one, other(held) as two:
        addresses = [each.url.split("/")[2] for each in (one, two)]
        with running(kind, tmp_path, addresses) as proxy:
            told = proxy.switch(*addresses, shown=str(ROOT / program))

    assert (proxied, len(shown)) == (kind, 2)
    assert told == f"{kind} asks {' '.join(addresses)} for the data {'a' * 64}"


def test_the_simulation_gives_what_the_page_shows(tmp_path: Path) -> None:
    """The table and the picture, to the last digit."""
    _, script, *_ = shlex.split(block("python tests")[0])
    picture = tmp_path / "scaling.svg"
    done = subprocess.run(
        [sys.executable, ROOT / script, "--plot", picture], capture_output=True, text=True, check=True
    )

    assert done.stdout in PAGE.read_text(encoding="utf-8")
    assert picture.read_bytes() == (ROOT / "docs/scaling.svg").read_bytes()


@pytest.mark.skipif(bool(missing("nginx")), reason=missing("nginx"))
def test_the_simulation_can_be_checked_here() -> None:
    """Two servers behind nginx, asked a little; what is kept is what the simulation expects of as few requests."""
    _, _, script, *options = shlex.split(block("PYTHONPATH")[0])
    done = subprocess.run(
        [sys.executable, ROOT / script, *options, "--requests", "300", "--kinds", "30"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests/support")},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"hits in the proxy \| ([\d.]+)% \| ([\d.]+)%", done.stdout)

    assert found, done.stdout
    assert abs(float(found[1]) - float(found[2])) < 15
