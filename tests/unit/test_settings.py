"""Settings: their possible values, how they are read, and what is refused."""

from ipaddress import ip_network

import click
import pytest

from configured import refusal, settings
from iqgraph.settings import CONTACT, ENDPOINT, PATH, PROXY, PUBLIC_URL, SETTINGS, TEXT, Number, Settings, WholeNumber

PORT = WholeNumber(0, 65535)
SECONDS = Number(0.1, 60)
SECRETS = ["engine-user", "engine-password", "engine-token", "password", "token"]


def name(parameter: object) -> str:
    """The name of a case: a type has a name, and its `str` an address in memory, which varies between runs."""
    return parameter.name if isinstance(parameter, click.ParamType) else str(parameter)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (PORT, "8000", 8000),
        (PORT, "0", 0),
        (SECONDS, "0.5", 0.5),
        (SECONDS, "60", 60.0),
        (TEXT, " Amt\n für  Daten ", "Amt für Daten"),
        (PATH, "/var/log/a b.log", "/var/log/a b.log"),
        (ENDPOINT, "http://[::1]:7878/query?x=1", "http://[::1]:7878/query?x=1"),
        (PROXY, "10.0.0.0/8", ip_network("10.0.0.0/8")),
        (PROXY, "::1", ip_network("::1/128")),
        (PUBLIC_URL, "https://data.example", "https://data.example"),
        (PUBLIC_URL, "http://[::1]:8000/kg/iq-hessen", "http://[::1]:8000/kg/iq-hessen"),
        (CONTACT, "a@b.example", "mailto:a@b.example"),
        (CONTACT, "mailto:a@b.example", "mailto:a@b.example"),
        (CONTACT, "https://b.example/kontakt?x=1", "https://b.example/kontakt?x=1"),
        (CONTACT, "https://b.example", "https://b.example"),
    ],
    ids=name,
)
def test_read(kind: click.ParamType[object], text: str, value: object) -> None:
    """Each kind of setting becomes a value of its own type."""
    result = kind.convert(text, None, None)

    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PORT, "65536"),
        (PORT, "-1"),
        (PORT, "8000.0"),
        (PORT, "http"),
        (PORT, ""),
        (SECONDS, "0"),
        (SECONDS, "61"),
        (SECONDS, "nan"),
        (SECONDS, "inf"),
        (PATH, "a\0b"),
        (ENDPOINT, "ftp://a/b"),
        (ENDPOINT, "http://user@a/b"),
        (ENDPOINT, "http://a/b#c"),
        (ENDPOINT, "http://"),
        (PROXY, "10.0.0.1/8"),
        (PROXY, "proxy.example"),
        (PUBLIC_URL, "data.example"),
        (PUBLIC_URL, "ftp://data.example"),
        (PUBLIC_URL, "https://data.example/"),
        (PUBLIC_URL, "https://data.example/kg/"),
        (PUBLIC_URL, "https://user@data.example"),
        (PUBLIC_URL, "https://data.example?a"),
        (PUBLIC_URL, "https://data.example\r\nX: y"),
        (CONTACT, "call us"),
        (CONTACT, "ftp://b.example/"),
        (CONTACT, "mailto:"),
        (CONTACT, "https://b.example/<x>"),
    ],
    ids=name,
)
def test_refused(kind: click.ParamType[object], text: str) -> None:
    """The message says what is possible."""
    with pytest.raises(click.BadParameter, match=r"is not "):
        kind.convert(text, None, None)


def test_a_password_in_an_address_is_not_repeated() -> None:
    """Others may read the message."""
    with pytest.raises(click.BadParameter) as error:
        ENDPOINT.convert("http://user:hush@a/b", None, None)

    assert "hush" not in error.value.message


def test_defaults() -> None:
    """They are those of the table, and each can be written and read again; None means empty."""
    assert settings() == Settings()
    for setting in SETTINGS.values():
        value = setting.default
        assert value is None or setting.type.convert(str(value), None, None) == value


def test_secrets() -> None:
    """They are read from the environment only, since other users see the flags of a process."""
    assert [key for key, setting in SETTINGS.items() if setting.secret] == SECRETS
    assert settings(environment={"IQGRAPH_PASSWORD": "hush"}).password == "hush"  # noqa: S105 - the test's own
    assert refusal("--password", "hush").startswith("No such option '--password'.")


@pytest.mark.parametrize(
    "environment",
    [
        {"CONTACT": "call us"},
        {"PUBLISHER": "Amt", "PUBLISHER_IRI": "urn:amt"},
        {"PUBLISHER_IRI": "https://amt.example/"},
        {"CONTRIBUTOR": "https://amt.example/"},
        {"CONTRIBUTOR": "hessen"},
    ],
    ids=str,
)
def test_impossible_values_are_refused(environment: dict[str, str]) -> None:
    """The message names the variable."""
    assert refusal(environment={f"IQGRAPH_{name}": value for name, value in environment.items()}).startswith(
        f"IQGRAPH_{list(environment)[-1]}: "
    )
