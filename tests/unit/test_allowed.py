"""What a setting may be: what is read, and what is refused."""

from ipaddress import ip_network
from typing import Any

import pytest

from iqgraph.configuration.allowed import BASE_PATH, ENDPOINT, NETWORK, PATH, TEXT, Allowed, amount, choice, whole

PORT = whole(0, 65535)
SECONDS = amount(0.1, 60)


def name(parameter: object) -> str:
    """What a case is called: the words of a setting hold for every run, its address in memory does not."""
    return parameter.words if isinstance(parameter, Allowed) else str(parameter)


def is_read(allowed: Allowed, text: str) -> bool:
    """Whether a text becomes a value."""
    try:
        allowed.read(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("allowed", "text", "value"),
    [
        (PORT, "8000", 8000),
        (PORT, "0", 0),
        (SECONDS, "0.5", 0.5),
        (SECONDS, "60", 60.0),
        (amount(0.1, 60, zero=True), "0", 0.0),
        (choice("day", "hour"), "hour", "hour"),
        (TEXT, " Amt\n für  Daten ", "Amt für Daten"),
        (PATH, "/var/log/a b.log", "/var/log/a b.log"),
        (ENDPOINT, "http://[::1]:7878/query?x=1", "http://[::1]:7878/query?x=1"),
        (NETWORK, "10.0.0.0/8", ip_network("10.0.0.0/8")),
        (NETWORK, "::1", ip_network("::1/128")),
        (BASE_PATH, "/kg/iq-hessen", "/kg/iq-hessen"),
    ],
    ids=name,
)
def test_read(allowed: Allowed, text: str, value: object) -> None:
    """Each kind of setting becomes a value of its own type."""
    read: Any = allowed.read(text)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("allowed", "text"),
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
        (amount(0.1, 60, zero=True), "0.01"),
        (choice("day", "hour"), "Hour"),
        (PATH, "a\0b"),
        (ENDPOINT, "ftp://a/b"),
        (ENDPOINT, "http://user@a/b"),
        (ENDPOINT, "http://a/b#c"),
        (ENDPOINT, "http://"),
        (NETWORK, "10.0.0.1/8"),
        (NETWORK, "proxy.example"),
        (BASE_PATH, "kg"),
        (BASE_PATH, "/"),
        (BASE_PATH, "/kg/"),
        (BASE_PATH, "/../kg"),
        (BASE_PATH, "//kg"),
    ],
    ids=name,
)
def test_refused(allowed: Allowed, text: str) -> None:
    """What does not fit is no value."""
    assert not is_read(allowed, text)


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (whole(1, 1024), "a whole number from 1 to 1,024"),
        (amount(0.1, 60, zero=True), "0 or a number from 0.1 to 60"),
        (choice("day", "hour", "minute"), "day, hour or minute"),
    ],
)
def test_words(allowed: Allowed, words: str) -> None:
    """What is allowed can be said to the person who wrote something else."""
    assert allowed.words == words
