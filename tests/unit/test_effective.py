"""The configuration that holds: who comes first, and what is said of what is wrong."""

from pathlib import Path

import pytest

from iqgraph.configuration.declared import GROUPS, SETTINGS
from iqgraph.configuration.effective import Configuration, effective
from iqgraph.engine import Limits
from iqgraph.errors import CallError
from iqgraph.service.serving import Service

ONE_ENGINE = (
    "allowed is a plain address such as http://localhost:7878/query, once. "
    "Let several engines stand behind one nginx, and name its address; docs/scaling.md tells how."
)


def put(folder: Path, text: str) -> Path:
    """A configuration file."""
    file = folder / "iqgraph.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults() -> None:
    """What nobody sets is what the table says."""
    found = effective(environment={})

    assert {value.origin for value in found.values.values()} == {"default"}
    assert found["port"] == 8000
    assert Limits.of(found) == Limits()
    assert (found["host"], found["port"]) == (Service().host, Service().port)


def test_precedence(tmp_path: Path) -> None:
    """Flags before environment before file before default, each setting by itself."""
    file = put(tmp_path, 'port = 1\nworkers = 1\ntimeout = 1.5\nallow-service = ["http://a/q", "http://b/q"]\n')
    environment = {"IQGRAPH_PORT": "2", "IQGRAPH_WORKERS": "2"}
    found = effective({"port": "3"}, environment, file)

    assert [found[name] for name in ("port", "workers", "timeout", "memory")] == [3, 2, 1.5, 512]
    origins = [found.values[name].origin for name in ("port", "workers", "timeout", "memory")]
    assert origins == ["--port", "IQGRAPH_WORKERS", str(file), "default"]
    assert found["allow-service"] == ("http://a/q", "http://b/q")


def test_file_of_the_environment(tmp_path: Path) -> None:
    """IQGRAPH_CONFIG names the file, and a flag names another one."""
    file = put(tmp_path, "port = 1\n")
    (tmp_path / "b").mkdir()
    other = put(tmp_path / "b", "port = 2\n")

    assert effective(environment={"IQGRAPH_CONFIG": str(file)})["port"] == 1
    assert effective(environment={"IQGRAPH_CONFIG": str(file)}, file=other)["port"] == 2


def test_empty_variables_are_not_set() -> None:
    """An environment file may leave them empty; several values have white space between them."""
    found = effective(environment={"IQGRAPH_PORT": " ", "IQGRAPH_TRUSTED_PROXIES": "127.0.0.1 ::1", "PORT": "x"})

    assert found["port"] == 8000
    assert [str(one) for one in found["trusted-proxies"]] == ["127.0.0.1/32", "::1/128"]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"IQGRAPH_PORT": "http"}, "IQGRAPH_PORT http: allowed is a whole number from 0 to 65,535."),
        ({"IQGRAPH_PROT": "1"}, "IQGRAPH_PROT: there is no such variable; near to it is IQGRAPH_PORT."),
        ({"IQGRAPH_CONFG": "x"}, "IQGRAPH_CONFG: there is no such variable; near to it is IQGRAPH_CONFIG."),
        ({"IQGRAPH_X": "1"}, "IQGRAPH_X: there is no such variable; iqgraph config lists all that there are."),
        ({"IQGRAPH_ENGINE": "http://a/ b"}, "IQGRAPH_ENGINE b: allowed is a plain address"),
        ({"IQGRAPH_ENGINE": "http://a/ http://b/"}, f"IQGRAPH_ENGINE: {ONE_ENGINE}"),
        ({"IQGRAPH_PORT": "a", "IQGRAPH_PROT": "1"}, "65,535. IQGRAPH_PROT: there is"),
    ],
    ids=str,
)
def test_wrong_variables(environment: dict[str, str], message: str) -> None:
    """The variable is named, and what is allowed or meant; all that is wrong at once."""
    with pytest.raises(CallError) as caught:
        effective(environment=environment)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port = true", "iqgraph.toml, port true: allowed is a whole number"),
        ('port = "http"', "iqgraph.toml, port http: allowed is a whole number"),
        ("port = 8000.5", "iqgraph.toml, port 8000.5: allowed is"),
        ("port = [1, 2]", "iqgraph.toml, port: allowed is a whole number from 0 to 65,535, once."),
        ('engine = ["http://a/", "http://b/"]', f"iqgraph.toml, engine: {ONE_ENGINE}"),
        ("port = 1979-05-27", "iqgraph.toml, port 1979-05-27: allowed is"),
        ("prot = 1", "iqgraph.toml, prot: there is no such key; near to it is port."),
        ("[serve]\nport = 1", "iqgraph.toml, serve: there is no such key"),
        ('token = "secret"', "iqgraph.toml, token: a secret is read from IQGRAPH_TOKEN only."),
        ("port 1", "iqgraph.toml: the file is not TOML: Expected '=' after a key"),
        ("port = 1\nport = 2", "iqgraph.toml: the file is not TOML: Cannot overwrite a value"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, message: str) -> None:
    """File and key are named."""
    with pytest.raises(CallError) as caught:
        effective(environment={}, file=put(tmp_path, text))

    assert message in str(caught.value)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    """It is said so."""
    (tmp_path / "a.toml").write_bytes(b'host = "\xff"')

    with pytest.raises(CallError, match="not UTF-8, see byte 8"):
        effective(environment={}, file=tmp_path / "a.toml")


def test_secrets_are_not_repeated() -> None:
    """Also not in an error, where a password that is refused would be read by others."""
    setting = SETTINGS["password"]
    found = effective(environment={setting.variable: "hush"})

    assert found["password"] == "hush"  # noqa: S105 - the test's own
    assert [one.name for group in GROUPS.values() for one in group if one.secret] == [
        "engine-user",
        "engine-password",
        "engine-token",
        "password",
        "token",
    ]


def test_every_default_is_allowed() -> None:
    """A default can be written down and read again; what is empty means none."""
    for setting in SETTINGS.values():
        values = setting.default if setting.many else [setting.default]
        for value in values:
            assert value == "" or setting.allowed.read(str(value)) == value


def test_a_configuration_without_values() -> None:
    """It has every setting."""
    assert Configuration()["timeout"] == 10
