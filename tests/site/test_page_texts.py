"""The texts and links of whole pages about small data, compared with the stored ones.

A change of a template, a message or an address fails here. `--renew` writes the texts anew; review the difference.
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
ATTRIBUTES = re.compile("href|src|action|method|name|value|placeholder|title|aria-label|lang|datetime|rel")
SILENT = {"script", "style", "svg"}
QUERY = quote("SELECT ?s ?o { ?s <https://w3id.org/iq-hessen/ontology#leads> ?o }")
# Pages of the tiny dataset with two releases, and of another file.
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
# Files for programs, unchanged.
PLAIN = {"robots.txt": "/robots.txt", "sitemap.xml": "/sitemap.xml", "llms.txt": "/llms.txt", "cite.bib": "/cite.bib"}
FILE = """@prefix : <http://a.example/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:anna a :Person ; rdfs:label "Anna"@en ; :knows :ben , [ :since 2013 ] . :ben a :Person ; rdfs:label "Ben" ."""


class Reading(HTMLParser):
    """The texts and attributes of a page, a line each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add the attributes with texts and addresses."""
        attributes = [f'{name}="{value}"' for name, value in attrs if ATTRIBUTES.fullmatch(name) and value]
        if attributes and not self._silent:
            self.lines.append(f"<{tag} {' '.join(attributes)}>")
        self._silent += tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        """Leave an element without texts."""
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        """Add a text."""
        if (words := " ".join(data.split())) and not self._silent:
            self.lines.append(words)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of the tiny dataset with its releases and a report of no findings."""
    return create_app(load(sources=history(tmp_path_factory.mktemp("ours"))), report=report([])).test_client()


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of another RDF file."""
    return site_of(tmp_path_factory.mktemp("others"), FILE)


def text(client: FlaskClient, path: str, lang: str) -> list[str]:
    """The texts of a page in a language."""
    page = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}", headers={"Accept": "text/html"}).text
    main = page.partition("<main")[2].rpartition("</main>")[0] if path != "/" else page
    return Reading(lasting(f"<main{main}" if path != "/" else main).replace(f"lang={lang}", "lang=…")).lines


def lasting(text: str) -> str:
    """A text without parts that vary: version of the program, hashes, sizes, names of blank nodes."""
    return re.sub(
        r"(?<=_:)[0-9a-f]{16,}|(?<=-)[A-Z0-9]{8}(?=\.(?:css|js)\b)|(?<=\?v=)\w+"
        r"|\b[\d.,]+ (kB|bytes|Bytes?)\b|\b[0-9a-f]{8}([0-9a-f]{56})?\b",
        "…",
        text.replace(__version__, "…"),
    )


def check(client: FlaskClient, path: str, file: Path, renew: bool) -> None:
    """Compare both languages of a page with a file."""
    compare("\n".join([*text(client, path, "de"), "", *text(client, path, "en"), ""]), file, renew)


def compare(text: str, file: Path, renew: bool) -> None:
    """Compare a text with a file."""
    if renew:
        put(file.parent, file.name, text)
    assert text == file.read_text(encoding="utf-8"), f"{file.name}: review the change, then --renew"


@pytest.mark.parametrize("name", OURS)
def test_pages_of_ours(ours: FlaskClient, pytestconfig: pytest.Config, name: str) -> None:
    """Each kind of page, in both languages."""
    check(ours, OURS[name], FOLDER / f"{name}.txt", pytestconfig.option.renew)


@pytest.mark.parametrize("name", OTHERS)
def test_pages_of_others(others: FlaskClient, pytestconfig: pytest.Config, name: str) -> None:
    """Pages of other data."""
    check(others, OTHERS[name], FOLDER / f"others-{name}.txt", pytestconfig.option.renew)


@pytest.mark.parametrize("name", PLAIN)
def test_files_for_programs(ours: FlaskClient, pytestconfig: pytest.Config, name: str) -> None:
    """Each, line by line."""
    compare(lasting(ours.get(PLAIN[name]).text), FOLDER / name, pytestconfig.option.renew)
