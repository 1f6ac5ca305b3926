"""What pages say, from the first word to the last, with where each link leads: of small data, as it was last read.

A change of a template, a message or an address shows itself here. `--renew` writes the texts anew; read the difference.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from iqgraph import __version__
from iqgraph.dataset import load
from iqgraph.validation.findings import report
from iqgraph.web import create_app
from tiny import history, put
from visits import site_of

FOLDER = Path(__file__).parent / "pages"
TOLD = re.compile("href|src|action|method|name|value|placeholder|title|aria-label|lang|datetime|rel")
SILENT = {"script", "style", "svg"}
QUERY = quote("SELECT ?s ?o { ?s <https://w3id.org/iq-hessen/ontology#leads> ?o }")
# Pages of the tiny dataset with two releases, and of somebody's file.
OURS = {
    "start": "/",
    "thing": "/id/ben.html",
    "passage": "/passage/letter/S01.html",
    "graph": "/graph/letter/S01.html",
    "document": "/document/letter",
    "rule": "/rule/above.html",
    "versions": "/version/",
    "version": "/version/1.0.0/",
    "changes": "/version/1.0.0..1.1.0.html",
    "explore": "/explore?q=b",
    "search": "/search?q=ben",
    "nothing-found": "/search?q=nobody",
    "query": "/sparql",
    "answer": f"/sparql?query={QUERY}",
    "mistake": "/sparql?query=SELECT",
    "evidence": f"/evidence?query={QUERY}",
    "catalogue": "/catalog",
    "citation": "/cite",
    "quality": "/quality",
    "links": "/links",
    "validation": "/validation",
    "problem": "/problem/version",
    "not-found": "/id/bem.html",
    "ontology": "/ontology",
    "shapes": "/shapes",
    "downloads": "/download/",
    "about": "/about",
    "how-to": "/how-to",
}
OTHERS = {
    "start": "/",
    "thing": "/describe?uri=http://a.example/anna",
    "query": "/sparql",
    "search": "/search?q=an",
}
OTHERS |= {"not-found": "/none", "how-to": "/how-to"}
# What programs read, as it stands.
PLAIN = {"robots.txt": "/robots.txt", "sitemap.xml": "/sitemap.xml", "llms.txt": "/llms.txt", "cite.bib": "/cite.bib"}
SAYS = """@prefix : <http://a.example/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:anna a :Person ; rdfs:label "Anna"@en ; :knows :ben , [ :since 2013 ] . :ben a :Person ; rdfs:label "Ben" ."""


class Reading(HTMLParser):
    """The words of a page and what its elements say, a line each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What an element says beside its words."""
        told = [f'{name}="{value}"' for name, value in attrs if TOLD.fullmatch(name) and value]
        if told and not self._silent:
            self.lines.append(f"<{tag} {' '.join(told)}>")
        self._silent += tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        """Behind what has no words of its own."""
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        """Words."""
        if (words := " ".join(data.split())) and not self._silent:
            self.lines.append(words)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of the tiny dataset with its releases, found valid."""
    return create_app(load(sources=history(tmp_path_factory.mktemp("ours"))), report=report([])).test_client()


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of somebody's file."""
    return site_of(tmp_path_factory.mktemp("others"), SAYS)


def text(client: FlaskClient, path: str, lang: str) -> list[str]:
    """What a page says in a language; versions of the program and hashes are no words."""
    page = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}", headers={"Accept": "text/html"}).text
    main = page.partition("<main")[2].rpartition("</main>")[0] if path != "/" else page
    return Reading(lasting(f"<main{main}" if path != "/" else main).replace(f"lang={lang}", "lang=…")).lines


def lasting(text: str) -> str:
    """A text without what is another at each change: version of the program, hashes, sizes, names of blank nodes."""
    return re.sub(
        r"(?<=_:)[0-9a-f]{16,}|(?<=-)[A-Z0-9]{8}(?=\.(?:css|js)\b)|(?<=\?v=)\w+"
        r"|\b[\d.,]+ (kB|bytes|Bytes?)\b|\b[0-9a-f]{8}([0-9a-f]{56})?\b",
        "…",
        text.replace(__version__, "…"),
    )


def check(client: FlaskClient, path: str, file: Path, renew: bool) -> None:  # noqa: FBT001 - as pytest has it
    """Both languages in one file."""
    compare("\n".join([*text(client, path, "de"), "", *text(client, path, "en"), ""]), file, renew)


def compare(told: str, file: Path, renew: bool) -> None:  # noqa: FBT001 - as pytest has it
    """A text with what it was when it was last read."""
    if renew:
        put(file.parent, file.name, told)
    assert told == file.read_text(encoding="utf-8"), f"{file.name}: read what changed, then --renew"


@pytest.mark.parametrize("name", OURS)
def test_pages_of_ours(ours: FlaskClient, pytestconfig: pytest.Config, name: str) -> None:
    """Each kind of page, in both languages."""
    check(ours, OURS[name], FOLDER / f"{name}.txt", pytestconfig.option.renew)


@pytest.mark.parametrize("name", OTHERS)
def test_pages_of_others(others: FlaskClient, pytestconfig: pytest.Config, name: str) -> None:
    """Of data that is not ours."""
    check(others, OTHERS[name], FOLDER / f"others-{name}.txt", pytestconfig.option.renew)


@pytest.mark.parametrize("name", PLAIN)
def test_files_for_programs(ours: FlaskClient, pytestconfig: pytest.Config, name: str) -> None:
    """Each with its lines in their order."""
    compare(lasting(ours.get(PLAIN[name]).text), FOLDER / name, pytestconfig.option.renew)
