"""Before anything is served: one sentence says what is wrong with an engine, and what to do."""

import logging
from pathlib import Path

import pytest

from elsewhere import TEXT, Home, home_of, ill, well
from iqgraph.cli import main
from iqgraph.client import Server
from iqgraph.engine import admit, fingerprint
from iqgraph.errors import CallError, DatasetError
from loopback import answer, other
from tiny import put


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The engine that has the data itself."""
    return home_of(put(tmp_path, "a.trig", TEXT))


def test_an_engine_that_holds_the_data(home: Home) -> None:
    """Nothing is to be said."""
    with other(well(home)) as there:
        admit([Server(there.url)], fingerprint(home.dataset))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEXT.replace('"f"', '"f", "g"'), "holds 3 statements in <http://x/h> instead of 2; load the data with"),
        (TEXT.replace('"f"', '"g"'), "holds as many statements as here in .*, but not the same; load the data with"),
        ("", "holds no data; load the data with iqgraph push"),
    ],
    ids=["more", "others", "none"],
)
def test_other_data(tmp_path: Path, home: Home, text: str, sentence: str) -> None:
    """The data is wrong, and the address is named without its query, which may hold a key."""
    foreign = home_of(put(tmp_path, "b.trig", text))
    with other(well(foreign)) as there, pytest.raises(DatasetError, match=sentence) as told:
        admit([Server(f"{there.url}?key=secret")], fingerprint(home.dataset))

    assert there.url in str(told.value)
    assert "secret" not in str(told.value)


def test_nobody_there(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The call is wrong: exit code 2, and one sentence."""
    silent = r"does not answer queries \(404 Not Found\); start it, or correct the address"
    with other(answer(404)) as there, pytest.raises(CallError, match=silent):
        admit([Server(there.url)], fingerprint(home.dataset))
    assert main(["serve", str(tmp_path / "a.trig"), "--port", "0", "--engine", there.url]) == 2
    assert "does not answer queries" in capsys.readouterr().err


def test_some_of_them(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """One that can be used is enough; the others are told of."""
    with other(well(home)) as there, other(answer(500)) as broken, caplog.at_level(logging.WARNING):
        admit([Server(broken.url), Server(there.url)], fingerprint(home.dataset))

    assert f"The engine {broken.url} does not answer queries" in caplog.text
    assert there.url not in caplog.text


def test_answers_that_are_no_results(home: Home) -> None:
    """An address that answers something else is no endpoint."""
    with other(ill(home, answer(200, b"<html>", "text/html"))) as there:
        admit([Server(there.url)], fingerprint(home.dataset))
    with other(answer(200, b"<html>", "text/html")) as there, pytest.raises(CallError, match="answers with text/html"):
        admit([Server(there.url)], fingerprint(home.dataset))
