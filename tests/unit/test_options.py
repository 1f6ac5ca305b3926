"""The sources of settings: their precedence, and the messages about mistakes."""

from pathlib import Path

import pytest

from configured import context, refusal, settings
from iqgraph.cli import main
from iqgraph.cli.options import origin
from iqgraph.errors import CallError
from iqgraph.settings import SETTINGS

SEE = " (see iqgraph config --help)."


def put(folder: Path, text: str) -> Path:
    """A configuration file."""
    file = folder / "iqgraph.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_precedence(tmp_path: Path) -> None:
    """Flags take precedence over environment, file and default, each setting by itself."""
    file = put(tmp_path, 'port = 1\nworkers = 1\ntimeout = 1.5\nallow-service = ["http://a/q", "http://b/q"]\n')
    environment = {"IQGRAPH_PORT": "2", "IQGRAPH_WORKERS": "2"}
    values = settings("--port", "3", environment=environment, file=file)
    with context("--port", "3", environment=environment, file=file) as call:
        origins = [origin(call, SETTINGS[name]) for name in ("port", "workers", "timeout", "memory")]

    assert (values.port, values.workers, values.timeout, values.memory) == (3, 2, 1.5, 512)
    assert origins == ["--port", "IQGRAPH_WORKERS", str(file), "default"]
    assert values.allow_service == ("http://a/q", "http://b/q")


def test_file_of_the_environment(tmp_path: Path) -> None:
    """IQGRAPH_CONFIG names the file, and a flag names another one."""
    file = put(tmp_path, "port = 1\n")
    (tmp_path / "b").mkdir()
    other = put(tmp_path / "b", "port = 2\n")

    assert settings(environment={"IQGRAPH_CONFIG": str(file)}).port == 1
    assert settings(environment={"IQGRAPH_CONFIG": str(file)}, file=other).port == 2


def test_empty_variables_are_not_set() -> None:
    """An environment file may leave them empty; several values have white space between them."""
    values = settings(environment={"IQGRAPH_PORT": "", "IQGRAPH_TRUSTED_PROXIES": "127.0.0.1 ::1", "PORT": "x"})

    assert values.port == 8000
    assert [str(network) for network in values.trusted_proxies] == ["127.0.0.1/32", "::1/128"]


@pytest.mark.parametrize(
    "words",
    [
        "--allow-service http://a/ http://b/ --port 1",
        "--allow-service http://a/ --port 1 --allow-service http://b/",
        "--port 1 --allow-service=http://a/ --allow-service=http://b/",
    ],
)
def test_several_values(words: str) -> None:
    """After one flag, or each after its own."""
    values = settings(*words.split())

    assert (values.allow_service, values.port) == (("http://a/", "http://b/"), 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--prot 1", "No such option '--prot'. (Did you mean one of: '--host', '--port'?)"),
        ("--port", "Option '--port' requires an argument."),
        ("--port 65536", "--port: '65536' is not a valid whole number from 0 to 65,535 (see"),
        ("--engine http://a/ http://b/", "Got unexpected extra argument (http://b/)"),
        ("--log-level loud", "--log-level: 'loud' is not one of 'debug', 'info', 'warning', 'error'"),
        ("port", "Got unexpected extra argument (port)"),
    ],
)
def test_wrong_flags(words: str, message: str) -> None:
    """The message names the flag and what is allowed."""
    assert refusal(*words.split()).startswith(message)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"IQGRAPH_PORT": "http"}, f"IQGRAPH_PORT: 'http' is not a valid whole number from 0 to 65,535{SEE}"),
        ({"IQGRAPH_PROT": "1"}, f"IQGRAPH_PROT: there is no such setting. The nearest is IQGRAPH_PORT{SEE}"),
        ({"IQGRAPH_CONFG": "x"}, f"IQGRAPH_CONFG: there is no such setting. The nearest is IQGRAPH_CONFIG{SEE}"),
        ({"IQGRAPH_X": "1"}, f"IQGRAPH_X: there is no such setting. iqgraph config lists all settings{SEE}"),
        ({"IQGRAPH_ENGINE": "http://a/ b"}, "IQGRAPH_ENGINE: 'http://a/ b' is not a plain address such as"),
    ],
    ids=str,
)
def test_wrong_variables(environment: dict[str, str], message: str) -> None:
    """The message names the variable and what is allowed."""
    assert refusal(environment=environment).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port = true", "iqgraph.toml, port: 'true' is not a valid whole number"),
        ('port = "http"', "iqgraph.toml, port: 'http' is not a valid whole number"),
        ("port = 8000.5", "iqgraph.toml, port: '8000.5' is not"),
        ("port = [1, 2]", "iqgraph.toml, port: '[1, 2]' is not a valid whole number from 0 to 65,535"),
        ("port = {a = 1}", "iqgraph.toml, port: \"{'a': 1}\" is not"),
        ('engine = ["http://a/", "http://b/"]', "iqgraph.toml, engine: \"['http://a/', 'http://b/']\" is not"),
        ("port = 1979-05-27", "iqgraph.toml, port: '1979-05-27' is not"),
        ('allow-service = ["a"]', "iqgraph.toml, allow-service: 'a' is not a plain address"),
        ("prot = 1", "iqgraph.toml, prot: there is no such setting. The nearest is port"),
        ("[serve]\nport = 1", "iqgraph.toml, serve: there is no such setting"),
        ('token = "secret"', "iqgraph.toml, token: a secret is read from IQGRAPH_TOKEN only"),
        ("port 1", "iqgraph.toml: the file is not TOML: Expected '=' after a key"),
        ("port = 1\nport = 2", "iqgraph.toml: the file is not TOML: Cannot overwrite a value"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, message: str) -> None:
    """The message names file and key."""
    assert refusal(file=put(tmp_path, text)).startswith(f"{tmp_path}/{message}")


def test_former_settings(tmp_path: Path) -> None:
    """The message names the page with its replacement."""
    messages = [
        refusal("--access-log", "a.log"),
        refusal(environment={"IQGRAPH_BASE_PATH": "/a"}),
        refusal(file=put(tmp_path, 'base-path = "/a"\n')),
    ]

    assert [text for text in messages if "docs/upgrading.md names its replacement (see" not in text] == []


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """The message has the place."""
    (tmp_path / "a.toml").write_bytes(b'host = "\xff"')

    with pytest.raises(CallError, match=r"a\.toml, line 1: this is not UTF-8"):
        settings(file=tmp_path / "a.toml")


def test_keys_of_other_commands_are_ignored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file is for all commands: `reload` uses only the address of the server."""
    file = put(tmp_path, 'workers = 1\nport = 1\nhost = "127.0.0.9"\n')

    assert main(["reload", "--config", str(file)]) == 2
    assert "No server of yours answers at 127.0.0.9:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("fly", "Diesen Befehl gibt es nicht: „No such command 'fly'.“ (siehe iqgraph --help)."),
        ("build", "Eine Angabe fehlt: „Missing argument 'DIR'.“ (siehe iqgraph build --help)."),
        ("config --prot 1", "Diese Option gibt es nicht: „No such option '--prot'."),
        ("config --port", "Der Aufruf ist falsch: „Option '--port' requires an argument.“"),
        ("config --port x", "--port: Dieser Wert ist nicht möglich: „'x' is not a valid whole number"),
        ("query", "Geben Sie eine Abfrage an, oder mit -f eine Datei (siehe iqgraph query --help)."),
    ],
)
def test_wrong_calls_in_german(
    words: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message is in German too, and quotes that of click."""
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    assert main(words.split()) == 2
    assert capsys.readouterr().err.startswith(f"iqgraph: {message}")
