"""The page of a draft: its text beside what is written of it, and clicks that write the file."""

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

TEXT = "Anna leads the <choir>.\n\nCleo Miller sings in it.\n"
TOKEN, PAGE = "secret", "/secret/"
HERE = {"Origin": "http://localhost"}


@pytest.fixture
def draft(sources: Sources, tmp_path: Path) -> Draft:
    """A document of which nothing is written, and a check that complains of its first graph."""
    origin = Origin("card", "en", "Card", "https://example.org/card")
    for name, text in make(load(sources=sources), TEXT, origin, (), ()).items():
        put(tmp_path, f"data/card/{name}", text)
    found = Finding(SHAPES.x, ID.anna, Text(de="falsch", en="Nothing is said."))
    todo = Finding(SHAPES.x, ID.anna, Text(de="fehlt", en="It is still to be written."), value=Literal(TODO))

    def check(written: DocumentFolder) -> list[Complaint]:
        place = next(line.place for line in written.lines if line.graph == "g:S01")
        return [Complaint("S01", place, one) for one in (found, todo)]

    return Draft(tmp_path / "data", "card", put(tmp_path, "card.txt", TEXT), check, "en", token=TOKEN)


@pytest.fixture
def client(draft: Draft) -> FlaskClient:
    """Asks the application of the draft."""
    return create_draft(draft).test_client()


@pytest.fixture
def proposed(draft: Draft) -> dict[str, str]:
    """What the form of the first proposal sends."""
    line = draft.files().suggestions("S01")[0]
    return {"place": line.place, "text": line.text}


def checked(draft: Draft, client: FlaskClient) -> str:
    """The page once the check is done."""
    assert "Checking …" in client.get(PAGE).text
    draft.update(state(draft.data / "card"))
    return client.get(PAGE).text


def test_the_text_stands_beside_what_is_written(draft: Draft, client: FlaskClient) -> None:
    """It is escaped, read from its file, and what is wrong is marked at its line."""
    page = checked(draft, client)

    assert "<blockquote>Anna leads the &lt;choir&gt;.</blockquote>" in page
    assert '<span class="wrong">g:S01 {' in page
    assert re.search(r"✗ data/card/statements.trig:\d+: id:anna: Nothing is said.", page)
    assert "new? Cleo Miller" in page
    assert set(re.findall(r'value="(\w+)">([^<]+)', page)) == {("accept", "Accept"), ("refuse", "Delete")}
    assert "still to be written" not in page  # the file says so by itself


def test_a_check_that_fails_is_told(draft: Draft, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next change is checked again."""

    def fail(_: DocumentFolder) -> list[Complaint]:
        raise FileNotFoundError(2, "No such file", "statements.trig")

    with monkeypatch.context() as patch:
        patch.setattr(draft, "check", fail)
        assert "FileNotFoundError: [Errno 2] No such file" in checked(draft, client)
    draft.update(state(draft.data / "card"))
    assert "FileNotFoundError" not in client.get(PAGE).text


@pytest.mark.parametrize(
    ("text", "message"),
    [("Anna left.", "this is not the text of card; iqgraph verify card.txt tells"), ("", "this is not the text")],
)
def test_another_text_is_not_shown(draft: Draft, client: FlaskClient, text: str, message: str) -> None:
    """The passages lie elsewhere in it."""
    draft.text.write_text(text, encoding="utf-8")
    answer = client.get(PAGE)

    assert answer.status_code == 409
    assert message in answer.text


def test_a_text_that_is_gone_is_told(draft: Draft, client: FlaskClient) -> None:
    """As is any other that cannot be read."""
    draft.text.unlink()

    assert "card.txt: No such file or directory." in client.get(PAGE).text


def test_what_stands_below_a_graph_is_shown(draft: Draft, client: FlaskClient) -> None:
    """With its passage, and so are the labels above it; what stands before all passages is the document's."""
    file = draft.data / "card" / FILE
    file.write_text(re.sub(r"(g:S01 \{[^}]*\}\n)", r'\1id:dora skos:prefLabel "Dora"@en .\n', file.read_text()))
    head, first, second = client.get(PAGE).text.split("<section")

    assert "id:dora" in first
    assert "p:S01 skos:prefLabel" in first
    assert "p:S02 skos:prefLabel" in second
    assert "id:card skos:prefLabel" in head


def test_the_page_keeps_others_out(client: FlaskClient) -> None:
    """Without the token there is nothing, under another name neither, at any port; nobody may frame or store it."""
    assert client.get("/").status_code == client.get("/other/").status_code == 404
    assert client.get(PAGE, headers={"Host": "evil.example"}).status_code == 403
    assert client.get(PAGE, headers={"Host": "127.0.0.1:8001"}).status_code == 200
    headers = client.get(PAGE).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("answer", "count"), [("accept", 1), ("refuse", 0)])
def test_a_proposal_is_settled(
    draft: Draft, client: FlaskClient, proposed: dict[str, str], answer: str, count: int
) -> None:
    """Accepted it leaves the name of the thing, whose class is known; refused it is gone."""
    code = client.post(PAGE, data={**proposed, "answer": answer}, headers=HERE).status_code
    text = (draft.data / "card" / FILE).read_text(encoding="utf-8")

    assert code == 303
    assert text.count("\n    # id:anna\n") == count
    assert draft.files().suggestions("S01") == []


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
def test_what_others_send_writes_nothing(
    draft: Draft, client: FlaskClient, proposed: dict[str, str], change: dict[str, str], headers: dict[str, str]
) -> None:
    """A form of another page, and one about a line that is another by now."""
    before = (draft.data / "card" / FILE).read_bytes()

    code = client.post(PAGE, data={**proposed, "answer": "accept", **change}, headers=headers).status_code
    assert code == (409 if headers == HERE else 403)
    assert (draft.data / "card" / FILE).read_bytes() == before


def test_a_draft_is_shown_on_this_machine_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """No other interface is listened on."""
    call = ["serve", "--draft", "card", "--text", "card.txt", "--host", "0.0.0.0"]  # noqa: S104 - it is refused

    assert main(call) == 2
    assert "a draft is served on this machine only" in capsys.readouterr().err
