"""The settings as `iqgraph config` and the documents show them."""

import re

import click
import pytest

from iqgraph.cli import main
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
    unit = UNITS.get(setting.metavar or "", "")
    value = f"{setting.default:g}" if isinstance(setting.default, float) else setting.default
    default = "–" if value is None else setting.default_text or f"{value}{unit}"
    domain = ", ".join(setting.type.choices) if isinstance(setting.type, click.Choice) else setting.type.name
    number = ", one or more" if setting.multiple else ""
    name = setting.envvar if setting.secret else setting.key
    return f"| `{name}` | {default} | {domain}{unit}{number} | {setting.help} |"


def test_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each setting has its value and its origin; secrets are hidden."""
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    assert main(["config", "--host", "::1"]) == 0
    output = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in output.splitlines()}

    assert list(rows) == list(SETTINGS)
    assert rows["host"] == ["::1", "--host"]
    assert rows["port"] == ["9000", "IQGRAPH_PORT"]
    assert rows["queue"] == ["64", "default"]
    assert rows["timeout"] == ["0.25", "IQGRAPH_TIMEOUT"]
    assert rows["store"] == ["-", "default"]
    assert rows["token"] == ["(hidden)", "IQGRAPH_TOKEN"]
    assert "hush" not in output


@pytest.mark.parametrize("command", ["serve", "config"])
def test_every_setting_is_a_flag(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Except secrets, since other users can see the flags of a process; the help groups them."""
    assert main([command, "--help"]) == 0
    output = capsys.readouterr().out

    assert {key for key in SETTINGS if not re.search(rf"^  --{key} ", output, re.MULTILINE)} == {
        key for key, setting in SETTINGS.items() if setting.secret
    }
    assert re.findall(r"^(\w+):$", output, re.MULTILINE)[-5:] == GROUPS[:5]


def test_the_table_of_the_documents() -> None:
    """It is generated from the settings; the message of a failure has its text."""
    assert table() in (ROOT / "docs/running.md").read_text(encoding="utf-8"), f"docs/running.md lacks:\n{table()}"
