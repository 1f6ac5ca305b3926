"""The page of a draft: its text beside its statements, and forms that edit the file."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal

from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.checking import Complaint
from iqgraph.authoring.folder import TODO, DocumentFolder, state
from iqgraph.bilingual import Text
from iqgraph.cli import main
from iqgraph.dataset import load
from iqgraph.resources import Sources
from iqgraph.terms import ID, SHAPES
from iqgraph.validation.findings import Finding
from iqgraph.web.draft import Draft, create_draft
from tiny import put

TEXT = "Anna leads the <choir>.\n\nCleo Miller sings in it.\n\nIt was in May 2019.\n"
TOKEN, PAGE = "secret", "/secret/"
HERE = {"Origin": "http://localhost"}


@pytest.fixture
def draft(sources: Sources, tmp_path: Path) -> Draft:
    """A document without statements, and a check that reports a fault in its first graph."""
    origin = Origin("card", "en", "Card", "https://example.org/card")
    for name, text in make(load(sources=sources), TEXT, origin, (), ()).items():
        put(tmp_path, f"data/card/{name}", text)
    fault = Finding(SHAPES.x, ID.anna, Text(de="falsch", en="Nothing is said."))
    todo = Finding(SHAPES.x, ID.anna, Text(de="fehlt", en="It is still to be written."), value=Literal(TODO))

    def check(folder: DocumentFolder) -> list[Complaint]:
        place = next(line.place for line in folder.lines if line.graph == "g:S01")
        return [Complaint("S01", place, one) for one in (fault, todo)]

    return Draft(tmp_path / "data", "card", put(tmp_path, "card.txt", TEXT), check, "en", token=TOKEN)


@pytest.fixture
def client(draft: Draft) -> FlaskClient:
    """A client of the draft's application."""
    return create_draft(draft).test_client()


def form(draft: Draft, passage: str) -> dict[str, str]:
    """The fields of the form of the first suggestion for a passage."""
    line = draft.files().suggestions(passage)[0]
    return {"place": line.place, "text": line.text}


def page_after_check(draft: Draft, client: FlaskClient) -> str:
    """The page after the check."""
    assert "Checking …" in client.get(PAGE).text
    draft.update(state(draft.data / "card"))
    return client.get(PAGE).text


def test_the_text_is_beside_its_statements(draft: Draft, client: FlaskClient) -> None:
    """It comes from its file and is escaped; lines with a fault are marked."""
    page = page_after_check(draft, client)

    assert "<blockquote>Anna leads the &lt;choir&gt;.</blockquote>" in page
    assert '<span class="wrong">g:S01 {' in page
    assert re.search(r"✗ data/card/statements.trig:\d+: id:anna: Nothing is said.", page)
    assert "new? Cleo Miller" in page
    assert set(re.findall(r'value="(\w+)">([^<]+)', page)) == {("accept", "Accept"), ("refuse", "Delete")}
    assert "still to be written" not in page  # the file says so by itself


def test_an_error_of_the_check_is_shown(draft: Draft, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next change is checked again."""

    def fail(_: DocumentFolder) -> list[Complaint]:
        raise FileNotFoundError(2, "No such file", "statements.trig")

    with monkeypatch.context() as patch:
        patch.setattr(draft, "check", fail)
        assert "FileNotFoundError: [Errno 2] No such file" in page_after_check(draft, client)
    draft.update(state(draft.data / "card"))
    assert "FileNotFoundError" not in client.get(PAGE).text


@pytest.mark.parametrize(
    ("text", "message"),
    [("Anna left.", "this is not the text of card; iqgraph verify card.txt tells"), ("", "this is not the text")],
)
def test_a_different_text_is_refused(draft: Draft, client: FlaskClient, text: str, message: str) -> None:
    """The offsets of the passages do not fit it."""
    draft.text.write_text(text, encoding="utf-8")
    answer = client.get(PAGE)

    assert answer.status_code == 409
    assert message in answer.text


def test_a_missing_text_is_an_error(draft: Draft, client: FlaskClient) -> None:
    """So is any other file that cannot be read."""
    draft.text.unlink()

    assert "card.txt: No such file or directory." in client.get(PAGE).text


def test_statements_outside_of_graphs_are_shown(draft: Draft, client: FlaskClient) -> None:
    """With the passage of the graph next to them; those before all graphs with the document."""
    file = draft.data / "card" / FILE
    file.write_text(re.sub(r"(g:S01 \{[^}]*\}\n)", r'\1id:dora skos:prefLabel "Dora"@en .\n', file.read_text()))
    head, first, second, _ = client.get(PAGE).text.split("<section")

    assert "id:dora" in first
    assert "p:S01 skos:prefLabel" in first
    assert "p:S02 skos:prefLabel" in second
    assert "id:card skos:prefLabel" in head


def test_the_page_is_private(client: FlaskClient) -> None:
    """It needs the token and a local host name, at any port; it may be neither framed nor stored."""
    assert client.get("/").status_code == client.get("/other/").status_code == 404
    assert client.get(PAGE, headers={"Host": "evil.example"}).status_code == 403
    assert client.get(PAGE, headers={"Host": "127.0.0.1:8001"}).status_code == 200
    headers = client.get(PAGE).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("passage", "answer", "rest"),
    [
        ("S01", "accept", "{\n    # id:anna\n}"),
        ("S01", "refuse", "{\n}"),
        ("S03", "accept", '{\n    id:month-2019-05 a iq:TimeSpan ; dcat:startDate "2019-05"^^xsd:gYearMonth ; '),
    ],
)
def test_a_suggestion_is_accepted_or_refused(
    draft: Draft, client: FlaskClient, passage: str, answer: str, rest: str
) -> None:
    """An accepted one leaves the name of the thing, or the statements of a new time; a refused one is deleted."""
    code = client.post(PAGE, data={**form(draft, passage), "answer": answer}, headers=HERE).status_code

    assert code == 303
    assert f"g:{passage} {rest}" in (draft.data / "card" / FILE).read_text(encoding="utf-8")
    assert draft.files().suggestions(passage) == []


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({}, {}),
        ({}, {"Origin": "null"}),
        ({}, {"Origin": "http://evil.example"}),
        ({"text": "    # id:ben a iq:Person . # Ben"}, HERE),
        ({"place": "data/card/statements.trig:1", "text": ""}, HERE),
        ({"place": "/etc/passwd:1"}, HERE),
    ],
)
def test_forged_and_stale_forms_change_nothing(
    draft: Draft, client: FlaskClient, change: dict[str, str], headers: dict[str, str]
) -> None:
    """A form of another site, and one about a line that has changed."""
    before = (draft.data / "card" / FILE).read_bytes()

    code = client.post(PAGE, data={**form(draft, "S01"), "answer": "accept", **change}, headers=headers).status_code
    assert code == (409 if headers == HERE else 403)
    assert (draft.data / "card" / FILE).read_bytes() == before


def test_a_draft_is_served_on_loopback_only(capsys: pytest.CaptureFixture[str]) -> None:
    """Another interface is refused."""
    call = ["serve", "--draft", "card", "--text", "card.txt", "--host", "0.0.0.0"]  # noqa: S104 - it is refused

    assert main(call) == 2
    assert "a draft is served on this machine only" in capsys.readouterr().err
