"""The settings as `iqgraph config` and the documents show them."""

import re
from pathlib import Path

import click
import pytest

from configured import settings
from iqgraph.cli import main
from iqgraph.cli.serve import toml
from iqgraph.settings import GROUPS, SETTINGS, Setting
from repository import ROOT

SET = {
    "IQGRAPH_PORT": "9000",
    "IQGRAPH_TIMEOUT": "0.25",
    "IQGRAPH_MEMORY": "1048576",
    "IQGRAPH_ENGINE": "http://a/q",
    "IQGRAPH_ALLOW_SERVICE": "http://b/q http://c/q",
    "IQGRAPH_TRUSTED_PROXIES": "10.0.0.0/8 ::1",
    "IQGRAPH_PUBLISHER": 'Amt "Daten" \\ für\x7f',
    "IQGRAPH_TOKEN": "hush",
}
UNITS = {"SECONDS": " s", "MIB": " MiB", "DAYS": " days"}


def table() -> str:
    """The settings as tables in Markdown."""
    head = ("", "| setting | default | allowed | meaning |", "|---|---|---|---|")
    return "\n".join(
        line
        for group in GROUPS
        for line in ("", f"### {group}", *head, *(row(one) for one in SETTINGS.values() if one.group == group))
    ).strip()


def row(setting: Setting) -> str:
    """A setting as a row of its table."""
    unit = UNITS.get(setting.unit, "")
    default = f"{setting.default:g}" if isinstance(setting.default, float) else setting.default
    shown = setting.usual or f"{default}{unit}" if setting.default not in ("", ()) else "–"
    allowed = ", ".join(setting.type.choices) if isinstance(setting.type, click.Choice) else setting.type.name
    many = ", one or more" if setting.many else ""
    name = setting.variable if setting.secret else setting.name
    return f"| `{name}` | {shown} | {allowed}{unit}{many} | {setting.meaning} |"


def test_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each setting with its value and where that is from; secrets are hidden."""
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    assert main(["config", "--host", "::1"]) == 0
    printed = capsys.readouterr().out
    shown = {line.split()[0]: line.split()[1:] for line in printed.splitlines()}

    assert list(shown) == list(SETTINGS)
    assert shown["host"] == ["::1", "--host"]
    assert shown["port"] == ["9000", "IQGRAPH_PORT"]
    assert shown["queue"] == ["64", "default"]
    assert shown["timeout"] == ["0.25", "IQGRAPH_TIMEOUT"]
    assert shown["store"] == ["-", "default"]
    assert shown["token"] == ["(hidden)", "IQGRAPH_TOKEN"]
    assert "hush" not in printed


@pytest.mark.parametrize("environment", [{}, SET], ids=["defaults", "set"])
def test_toml_can_be_used_again(environment: dict[str, str], tmp_path: Path) -> None:
    """The file gives the same settings, but for what is secret."""
    before = settings(environment=environment)
    (tmp_path / "a.toml").write_text(toml(before), encoding="utf-8")
    after = settings(file=tmp_path / "a.toml")

    public = [setting.parameter for setting in SETTINGS.values() if not setting.secret]
    assert [getattr(after, name) for name in public] == [getattr(before, name) for name in public]
    assert "hush" not in toml(before)


def test_command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`iqgraph config` takes what `iqgraph serve` takes, and what it prints can be given to `--config`."""
    monkeypatch.setenv("IQGRAPH_WORKERS", "3")
    assert main(["config", "--port", "1", "--allow-service", "http://a/q", "http://b/q", "--format", "toml"]) == 0
    written = capsys.readouterr().out
    (tmp_path / "a.toml").write_text(written, encoding="utf-8")

    monkeypatch.delenv("IQGRAPH_WORKERS")
    assert main(["config", "--config", str(tmp_path / "a.toml"), "--format", "toml"]) == 0
    assert capsys.readouterr().out == written
    assert "\nworkers = 3\n" in written


@pytest.mark.parametrize("command", ["serve", "config"])
def test_every_setting_is_a_flag(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Only secrets are not, since others see the flags of a process; the help has them by group."""
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out

    assert {one.name for one in SETTINGS.values() if not re.search(rf"^  {one.flag} ", shown, re.MULTILINE)} == {
        one.name for one in SETTINGS.values() if one.secret
    }
    assert re.findall(r"^(\w+):$", shown, re.MULTILINE)[-5:] == GROUPS[:5]


def test_the_table_of_the_documents() -> None:
    """They are those that the settings make; what has to stand there is in the message."""
    assert table() in (ROOT / "docs/running.md").read_text(encoding="utf-8"), f"docs/running.md lacks:\n{table()}"
