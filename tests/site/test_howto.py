"""The how-to pages: each want has its page, pages that others lead to, and nothing that is not true."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from iqgraph.web.guide.api import GROUPS
from iqgraph.web.guide.howto import GUIDES, document
from repository import ROOT
from visits import site_of


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with somebody's file."""
    return site_of(tmp_path_factory.mktemp("plain"), "<http://a.example/s> <http://a.example/p> 1 .")


def page(client: FlaskClient, path: str, lang: str = "en") -> str:
    """The words of a page."""
    response = client.get(path, query_string={"lang": lang}, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return unescape(response.text)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_index_leads_by_what_one_wants(client: FlaskClient, lang: str) -> None:
    """Each page under what it is wanted for, and the pages that are elsewhere."""
    index = page(client, "/how-to", lang)

    for guide in GUIDES:
        assert f'href="/how-to/{guide.slug}?lang={lang}">{guide.title.say(lang)}</a>' in index
    for path in ("/sparql", "/cite", "/download/"):
        assert f'href="{path}?lang={lang}"' in index


@pytest.mark.parametrize("path", ["/", "/sparql", "/about", "/id/involas.html"])
def test_pages_lead_here(client: FlaskClient, path: str) -> None:
    """Whoever reads finds how to go on."""
    assert 'href="/how-to' in client.get(path, headers={"Accept": "text/html"}).text


def test_somebodys_files(plain: FlaskClient) -> None:
    """What needs our graph is not offered there and not found; the others are about their files."""
    index = page(plain, "/how-to")

    for guide in GUIDES:
        assert (f'href="/how-to/{guide.slug}?' in index) is not guide.ours
        assert plain.get(f"/how-to/{guide.slug}").status_code == (404 if guide.ours else 200)
    assert "who-coordinates" not in page(plain, "/how-to/r") + page(plain, "/how-to/spreadsheet")


def test_unknown_pages_name_those_there_are(client: FlaskClient) -> None:
    """A wrong name is answered with the right ones."""
    response = client.get("/how-to/pyton")

    assert response.status_code == 404
    assert (
        "spreadsheet, python, r, linking, openrefine, api, agents, contribute"
        in response.get_json(force=True)["detail"]
    )


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
    """By its question in the reader's language; the programs are the same in both, and ask this server."""
    text, english = (page(client, "/how-to/linking", one) for one in (lang, "en"))
    places = re.findall(r'<li><a href="#([^"]+)">', text)

    assert len(places) == 6
    assert [place for place in places if f'id="{place}"' not in text] == []
    assert re.findall(r"<pre.*?</pre>", text, re.DOTALL) == re.findall(r"<pre.*?</pre>", english, re.DOTALL)
    assert {"de": "Fallstricke", "en": "Traps"}[lang] in text
    assert {"de": "Traps", "en": "Fallstricke"}[lang] not in text
    assert 'endpoint="http://localhost/sparql"' in text


def test_linking_recipes_are_the_document(client: FlaskClient) -> None:
    """No second text: what the page is made of is the file."""
    kept = (ROOT / "docs/linking.md").read_text(encoding="utf-8")
    with client.application.test_request_context(base_url="http://127.0.0.1:8000"):
        assert document("en") == kept


def test_the_german_recipes_follow_the_english() -> None:
    """As many sections, points and tables, and a place for each program and each output."""
    english, german = ((ROOT / f"docs/{name}").read_text("utf-8") for name in ("linking.md", "linking.de.md"))
    prose = re.sub(r"^```.*?^```$", "[[block]]", english, flags=re.DOTALL | re.MULTILINE)

    for mark in ("## ", "- **", "|", "[[block]]", "*"):
        counts = [sum(line.startswith(mark) for line in text.splitlines()) for text in (prose, german)]
        assert counts[0] == counts[1], mark
    assert re.findall(r"<https?://[^>]+>", prose) == re.findall(r"<https?://[^>]+>", german)


def test_contributing_names_the_same_commands_and_files(client: FlaskClient) -> None:
    """Each command and file of the page is one of CONTRIBUTING, whose recipes are carried out."""
    kept = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = client.get("/how-to/contribute").text.partition("<main")[2].partition("</main")[0]
    shown = [unescape(one) for one in re.findall(r"<code>(.*?)</code>", text)]

    assert len(shown) > 15
    assert [
        one
        for one in set(shown) - {"CONTRIBUTING.md"}
        if one.partition("NN-")[0].replace("11-jahre-iq", "<document>") not in kept
    ] == []
