"""A configuration as people and programs read it."""

from pathlib import Path

import pytest

from iqgraph.cli import main
from iqgraph.configuration.declared import SETTINGS
from iqgraph.configuration.effective import effective
from iqgraph.configuration.written import lines, table, toml
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


def test_lines() -> None:
    """Each setting with its value and where that is from; secrets are hidden."""
    shown = {line.split()[0]: line.split()[1:] for line in lines(effective({"host": "::1"}, SET)).splitlines()}

    assert shown.keys() == SETTINGS.keys()
    assert shown["host"] == ["::1", "--host"]
    assert shown["port"] == ["9000", "IQGRAPH_PORT"]
    assert shown["workers"] == [str(SETTINGS["workers"].default), "default"]
    assert shown["store"] == ["-", "default"]
    assert shown["token"] == ["(hidden)", "IQGRAPH_TOKEN"]
    assert "hush" not in lines(effective(environment=SET))


@pytest.mark.parametrize("environment", [{}, SET], ids=["defaults", "set"])
def test_toml_can_be_used_again(environment: dict[str, str], tmp_path: Path) -> None:
    """The file gives the same configuration, but for what is secret."""
    before = effective(environment=environment)
    (tmp_path / "a.toml").write_text(toml(before), encoding="utf-8")
    after = effective(environment={}, file=tmp_path / "a.toml")
    public = [name for name, setting in SETTINGS.items() if not setting.secret]

    assert [after[name] for name in public] == [before[name] for name in public]
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


def test_every_setting_is_a_flag_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    """Only secrets are not, since others see the flags of a process."""
    with pytest.raises(SystemExit, match="0"):
        main(["serve", "--help"])
    shown = capsys.readouterr().out

    assert {name for name, one in SETTINGS.items() if one.flag not in shown} == {
        "engine-user",
        "engine-password",
        "engine-token",
        "password",
        "token",
    }


def test_the_table_of_the_documents() -> None:
    """They are those that the settings make; what has to stand there is in the message."""
    assert table() in (ROOT / "docs/running.md").read_text(encoding="utf-8"), f"docs/running.md lacks:\n{table()}"
