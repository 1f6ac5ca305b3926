"""Pages: two languages, nothing from elsewhere, true numbers, links that lead somewhere."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.model.questions import SAMPLE
from iqgraph.terms import IQ, RDF
from iqgraph.web import create_app
from repository import ROOT
from tiny import put
from visits import Visits, site_of

PAGES = [
    *("/", "/about", "/explore", "/document/11-jahre-iq", "/sparql", "/download/", "/ontology", "/shapes"),
    *("/how-to", "/how-to/python", "/how-to/r", "/how-to/spreadsheet", "/how-to/linking", "/how-to/api"),
    *("/how-to/agents", "/how-to/contribute"),
    *("/quality", "/links", "/validation", "/catalog", "/void", "/cite", "/id/involas.html", "/problem/internal"),
]
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with somebody's file."""
    return site_of(tmp_path_factory.mktemp("plain"), "<http://a.example/s> <http://a.example/p> 1, 2 .")


@pytest.mark.sample(16)
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_languages(client: FlaskClient, visits: Visits, path: str, lang: str) -> None:
    """The parameter chooses, else the browser does; the page says which it is and leads to the other."""
    chosen = visits.page(path, lang)
    preferred = client.get(path, headers=BROWSER | {"Accept-Language": f"fr, {lang};q=0.8"})

    for response in (chosen, preferred):
        assert response.status_code == 200
        assert f'<html lang="{lang}">' in response.text
        assert "Accept-Language" in response.headers["Vary"]
        assert 'hreflang="de"' in response.text


@pytest.mark.parametrize("path", PAGES)
def test_a_chosen_language_stays(visits: Visits, path: str) -> None:
    """Every way on to another page has the language; files have none."""
    page = visits.page(path, "de").text
    ways = [unescape(way) for way in re.findall(r'<(?:a|form)\b[^>]*?(?:href|action)="(/[^"]*)"', page)]
    pages = [way for way in ways if not re.search(r"\.(?!html)[a-z]+(?:\.gz)?$|SHA256SUMS$|format=", way)]

    assert pages
    assert [way for way in pages if "lang=" not in way] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_elsewhere(visits: Visits, path: str) -> None:
    """No script, no style in the page itself, nothing loaded from another host, and headers that forbid it.

    A block of data is no script: no browser runs it.
    """
    response = visits.page(path)
    page = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", response.text)
    loaded = re.findall(r'<(?:link|img|iframe|script|source)\b[^>]*?(?:href|src)="([^"]*)"', page)

    assert not re.search(r"<script(?! type=\"module\" src=\"[^\"]+\"></script>)|<style|\sstyle=|\son\w+=", page)
    assert all(address.startswith("/") for address in loaded)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(visits: Visits, path: str) -> None:
    """Each link of our own answers; of many that look alike, the first few."""
    addresses = {unescape(address) for address in re.findall(r'href="(/[^"]*)"', visits.page(path).text)}

    assert addresses
    assert [address for address in sorted(addresses)[:40] if visits.is_broken(address)] == []


def test_questions_are_counted(client: FlaskClient) -> None:
    """Of each topic."""
    parts = client.get("/q/").text.split("<summary><h2>")[1:]

    assert len(parts) > 1
    assert all(f"<small>{part.count('<li class=')}</small>" in part for part in parts)


def test_start_page(client: FlaskClient, dataset: Dataset) -> None:
    """True numbers of what they name, pictures with their queries, and the licences; it is not heavy."""
    page = unescape(client.get("/").text)
    passages = dataset.subjects(RDF.type, IQ.Passage)
    others = [graph for graph in dataset.graphs() if re.search("/graph/(source|links)/", graph.value)]

    assert f"<dt>Passages</dt><dd>{len(passages)}</dd>" in page
    assert f"<dt>Statements from other sources</dt><dd>{sum(map(dataset.size, others))}</dd>" in page
    assert f"<dt>Other sources</dt><dd>{len(others)}</dd>" in page
    assert re.search(r"<dt>Statements in the texts</dt><dd>\d+</dd>", page)
    assert page.count('class="ask"') == 3
    assert re.findall(r'href="/picture/(\w+)"', page)[-1] == "network"
    assert len(page.encode()) < 90_000
    assert "creativecommons.org/publicdomain/zero/1.0/" in page
    assert "creativecommons.org/licenses/by/4.0/" in page


@pytest.mark.parametrize(
    ("lang", "answers"),
    [
        (
            "de",
            ["Organisation: involas; Seit: 2013", "Hessisches Ministerium für Soziales und Integration (Landesmittel)"],
        ),
        (
            "en",
            ["Organisation: involas; Since: 2013", "Hessian Ministry of Social Affairs and Integration (Land funds)"],
        ),
    ],
)
def test_questions_on_the_start_page(visits: Visits, lang: str, answers: list[str]) -> None:
    """Four, as the data chooses them, before any picture, each with its answer in a line."""
    page = unescape(visits.page("/", lang).text)
    before = page.partition('class="timeline"')[0]
    chosen = [one for one in (ROOT / "ontology/questions").glob("*.rq") if "\n# start: " in one.read_text("utf-8")]

    assert len(chosen) == len(re.findall('<dt><a href="/q/', before)) == 4
    assert [one for one in answers if f"{one}</dd>" not in before] == []


def test_the_head_leads_to_what_readers_need(visits: Visits) -> None:
    """Not only the foot: ontology, quality, versions and how to cite."""
    head = visits.page("/").text.partition("</header>")[0]

    assert [path for path in ("ontology", "quality", "version/", "cite") if f'href="/{path}?lang=en"' not in head] == []


def test_sample_has_an_answer(dataset: Dataset) -> None:
    """What the pages show of any data works; the questions have tests of their own."""
    assert Embedded(dataset.store).answer(Query(SAMPLE.query), CSV).count(b"\r\n") == 1 + 10


def test_health(client: FlaskClient, plain: FlaskClient, dataset: Dataset) -> None:
    """Up, ready, and whether what is served was validated."""
    statements = sum(1 for _ in dataset.triples())

    assert json.loads(client.get("/health").data) == {"status": "up"}
    assert json.loads(client.get("/ready").data) == {"status": "ready", "triples": statements, "validated": True}
    assert json.loads(plain.get("/ready").data) == {"status": "ready", "triples": 2, "validated": False}


@pytest.mark.parametrize(("path", "accept"), [("/validation.ttl", "*/*"), ("/validation", "text/turtle")])
def test_validation(client: FlaskClient, path: str, accept: str) -> None:
    """The report of what is served."""
    response = client.get(path, headers={"Accept": accept})

    assert response.content_type == "text/turtle; charset=utf-8"
    assert "sh:conforms true" in response.text


def test_validation_in_other_forms(client: FlaskClient) -> None:
    """Any RDF format and a page; nothing else."""
    assert client.get("/validation.nt").content_type == "application/n-triples"
    assert client.get("/validation.html").content_type == "text/html; charset=utf-8"
    assert client.get("/validation.pdf").status_code == 404


# What each script may read (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name), and what is told to
# the browser itself, or to caches.
READABLE = {"cache-control", "content-language", "content-length", "content-type", "last-modified"}
FOR_BROWSERS = {"accept-ranges", "content-disposition", "content-security-policy", "referrer-policy", "vary"}
FOR_BROWSERS |= {"access-control-allow-origin", "access-control-expose-headers", "x-content-type-options"}
BY_THE_LOOP = {"retry-after", "x-request-id"}


def test_other_sites_may_read(client: FlaskClient) -> None:
    """All that is public can be read by scripts of other sites, with the headers they need."""
    for path in ("/sparql", "/download/iq-hessen.nt", "/id/involas", "/id/involas.ttl", "/nowhere"):
        for headers in (client.get(path).headers, client.post(path).headers):
            exposed = set(headers["Access-Control-Expose-Headers"].lower().split(", "))
            assert headers["Access-Control-Allow-Origin"] == "*"
            assert {name.lower() for name, _ in headers} - FOR_BROWSERS - READABLE <= exposed
            assert exposed >= BY_THE_LOOP


HOSTILE = """
@prefix ex: <http://a.example/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:s a ex:Thing ;
    rdfs:label "<script>alert(1)</script>" ;
    rdfs:comment "שלום (1)"@he ; ex:has [ ex:deep [ ex:value 1 ] ] .
"""


def test_the_start_page_leads_into_somebodys_data(tmp_path: Path) -> None:
    """Each class with how many things it has, and the query that names them."""
    data = load_plain([put(tmp_path, "a.ttl", HOSTILE + "ex:t a ex:Thing . ex:u a <http://a.example/x%22y> .")])
    page = unescape(create_app(data).test_client().get("/", query_string={"lang": "en"}, headers=BROWSER).text)
    queries = re.findall(
        r'<a href="(/sparql\?query=[^"]*Thing[^"]*)" title="ex:Thing">ex:Thing</a> <small>2</small>', page
    )

    assert len(queries) == 1
    (query,) = parse_qs(urlsplit(queries[0]).query)["query"]
    assert Embedded(data.store).answer(Query(query), CSV).count(b"a.example") == 2


@pytest.fixture(scope="module")
def somebodys(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a thing in somebody's file."""
    client = site_of(tmp_path_factory.mktemp("somebodys"), HOSTILE)
    response = client.get("/describe", query_string={"uri": "http://a.example/s", "lang": "en"}, headers=BROWSER)
    assert response.status_code == 200
    return response.text


def test_somebodys_data_is_told_in_words(somebodys: str) -> None:
    """Terms that everybody knows, whatever the file calls them; labels are text."""
    assert ">is</a>" in somebodys
    assert "&lt;script&gt;alert(1)" in somebodys
    assert '<span lang="he">' in somebodys


def test_long_texts_are_shortened(tmp_path: Path) -> None:
    """A page with megabytes of one text stops browsers; it tells how long the text is, and the data has it whole."""
    file = tmp_path / "a.nt"
    text, label = "x" * 6000, "y" * 400
    file.write_text(
        f'<http://a.example/s> <http://a.example/p> "{text}" .\n'
        f'<http://a.example/s> <http://www.w3.org/2000/01/rdf-schema#label> "{label}" .\n',
        encoding="utf-8",
    )
    data = load_plain([file])
    client = create_app(data).test_client()
    asked = {"query": "SELECT ?o { ?s <http://a.example/p> ?o }", "lang": "en"}
    thing = {"uri": "http://a.example/s", "lang": "en"}
    pages = [
        client.get(path, query_string=given, headers=BROWSER).text
        for path, given in (("/describe", thing), ("/sparql", asked))
    ]

    for page in pages:
        assert "6000 characters, shortened here" in page
        assert text not in page
    assert f"<title>{'y' * 299}… – " in pages[0]
    assert text in client.get("/describe.nt", query_string=thing).text
    assert text.encode() in Embedded(data.store).answer(Query(asked["query"]), CSV)


def test_nodes_without_a_name_are_numbered(somebodys: str) -> None:
    """Where one is a value, there is a way to what is said of it."""
    for number in (1, 2):
        assert re.search(rf'<a href="#_{number}"[^>]*>_:{number}</a>', somebodys)
        assert f'<span id="_{number}"' in somebodys
