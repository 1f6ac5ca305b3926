"""The how-to pages: one for each purpose, links to them, and correct content."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from iqgraph.web.guide.api import GROUPS
from iqgraph.web.guide.howto import GUIDES, document
from repository import ROOT


def page(client: FlaskClient, path: str, lang: str = "en") -> str:
    """The words of a page."""
    response = client.get(path, query_string={"lang": lang}, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return unescape(response.text)


@pytest.mark.parametrize("path", ["/", "/sparql", "/about", "/id/involas.html"])
def test_pages_lead_here(client: FlaskClient, path: str) -> None:
    """Main pages link to the guides."""
    assert 'href="/how-to' in client.get(path, headers={"Accept": "text/html"}).text


def test_other_files(plain: FlaskClient) -> None:
    """Guides to the bundled graph are missing there; the others use their files."""
    index = page(plain, "/how-to")

    for guide in GUIDES:
        assert (f'href="/how-to/{guide.slug}?' in index) is not guide.ours
        assert plain.get(f"/how-to/{guide.slug}").status_code == (404 if guide.ours else 200)
    assert "who-coordinates" not in page(plain, "/how-to/r") + page(plain, "/how-to/spreadsheet")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_api_page_has_the_whole_table(client: FlaskClient, lang: str) -> None:
    """Every path, every parameter, in the reader's language."""
    text = page(client, "/how-to/api", lang)

    for address in (one for group in GROUPS for one in group.addresses):
        assert address.description.say(lang) in text
        for path in address.paths:
            assert f"<code>{path}</code>" in text
        for one in address.parameters:
            assert f"<dt><code>{one.name}</code></dt>" in text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_linking_page_leads_to_each_join(client: FlaskClient, lang: str) -> None:
    """By its question in the reader's language; the programs are the same in both and use this server."""
    text, english = (page(client, "/how-to/linking", one) for one in (lang, "en"))
    places = re.findall(r'<li><a href="#([^"]+)">', text)

    assert len(places) == 6
    assert [place for place in places if f'id="{place}"' not in text] == []
    assert re.findall(r"<pre.*?</pre>", text, re.DOTALL) == re.findall(r"<pre.*?</pre>", english, re.DOTALL)
    assert {"de": "Fallstricke", "en": "Traps"}[lang] in text
    assert {"de": "Traps", "en": "Fallstricke"}[lang] not in text
    assert 'endpoint="http://localhost/sparql"' in text


def test_linking_recipes_are_the_document(client: FlaskClient) -> None:
    """The page is generated from the file."""
    source = (ROOT / "docs/linking.md").read_text(encoding="utf-8")
    with client.application.test_request_context(base_url="http://127.0.0.1:8000"):
        assert document("en") == source


def test_the_german_recipes_follow_the_english() -> None:
    """Equally many sections, points, tables, programs and outputs, and the same links."""
    english, german = ((ROOT / f"docs/{name}").read_text("utf-8") for name in ("linking.md", "linking.de.md"))
    prose = re.sub(r"^```.*?^```$", "[[block]]", english, flags=re.DOTALL | re.MULTILINE)

    for mark in ("## ", "- **", "|", "[[block]]", "*"):
        counts = [sum(line.startswith(mark) for line in text.splitlines()) for text in (prose, german)]
        assert counts[0] == counts[1], mark
    assert re.findall(r"<https?://[^>]+>", prose) == re.findall(r"<https?://[^>]+>", german)
    for one, other in zip(prose.splitlines(), german.splitlines(), strict=True):
        numbers = [re.findall(r"\d+", re.sub(r"(?<=\d)[.,](?=\d)", "", line)) for line in (one, other)]
        assert sorted(numbers[0]) == sorted(numbers[1]), other


def test_contributing_names_the_same_commands_and_files(client: FlaskClient) -> None:
    """Each command and file of the page is in CONTRIBUTING, whose recipes are tested."""
    source = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = client.get("/how-to/contribute").text.partition("<main")[2].partition("</main")[0]
    commands = [unescape(one) for one in re.findall(r"<code>(.*?)</code>", text)]

    assert len(commands) > 15
    assert [
        one
        for one in set(commands) - {"CONTRIBUTING.md"}
        if one.partition("NN-")[0].replace("11-jahre-iq", "<document>") not in source
    ] == []
