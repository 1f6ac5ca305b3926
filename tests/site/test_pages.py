"""Pages: two languages, no content from other hosts, correct numbers, working links."""

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
from iqgraph.web.pages import MAX_CLASSES
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


@pytest.mark.sample(16)
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_languages(client: FlaskClient, visits: Visits, path: str, lang: str) -> None:
    """The parameter decides, otherwise the browser; the page declares its language and links to the other."""
    by_parameter = visits.page(path, lang)
    by_browser = client.get(path, headers=BROWSER | {"Accept-Language": f"fr, {lang};q=0.8"})

    for response in (by_parameter, by_browser):
        assert response.status_code == 200
        assert f'<html lang="{lang}">' in response.text
        assert "Accept-Language" in response.headers["Vary"]
        switch = re.findall(r'lang=(..)" hreflang="(..)" lang="(..)" title="(\w+)"', response.text)
        assert switch == [("de", "de", "de", "Deutsch"), ("en", "en", "en", "English")]


@pytest.mark.parametrize("path", PAGES)
def test_a_chosen_language_stays(visits: Visits, path: str) -> None:
    """Every link to another page has the language; those to files do not."""
    page = visits.page(path, "de").text
    links = [unescape(link) for link in re.findall(r'<(?:a|form)\b[^>]*?(?:href|action)="(/[^"]*)"', page)]
    pages = [link for link in links if not re.search(r"\.(?!html)[a-z]+(?:\.gz)?$|SHA256SUMS$|format=", link)]

    assert pages
    assert [link for link in pages if "lang=" not in link] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_elsewhere(visits: Visits, path: str) -> None:
    """No inline scripts or styles, nothing from another host, and headers that forbid it; data blocks do not run."""
    response = visits.page(path)
    page = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", response.text)
    addresses = re.findall(r'<(?:link|img|iframe|script|source)\b[^>]*?(?:href|src)="([^"]*)"', page)

    assert not re.search(r"<script(?! type=\"module\" src=\"[^\"]+\"></script>)|<style|\sstyle=|\son\w+=", page)
    assert all(address.startswith("/") for address in addresses)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(visits: Visits, path: str) -> None:
    """The first forty links to this site."""
    addresses = {unescape(address) for address in re.findall(r'href="(/[^"]*)"', visits.page(path).text)}

    assert addresses
    assert [address for address in sorted(addresses)[:40] if visits.is_broken(address)] == []


def test_questions_are_counted(client: FlaskClient) -> None:
    """Each topic has its number."""
    parts = client.get("/q/").text.split("<summary><h2>")[1:]

    assert len(parts) > 1
    assert all(f"<small>{part.count('<li class=')}</small>" in part for part in parts)


def test_start_page(client: FlaskClient, dataset: Dataset) -> None:
    """Correct numbers, pictures with their queries, and the licences, below 90 kB."""
    page = unescape(client.get("/").text)
    passages = dataset.subjects(RDF.type, IQ.Passage)
    others = [graph for graph in dataset.graphs() if re.search("/graph/(source|links)/", graph.value)]

    assert f"<dt>Passages</dt><dd>{len(passages)}</dd>" in page
    assert f"<dt>Statements from other sources</dt><dd>{sum(map(dataset.size, others))}</dd>" in page
    assert f"<dt>Other sources with statements</dt><dd>{len(others)}</dd>" in page
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
    """The four that the data marks, before any picture, each with its answer in a line."""
    page = unescape(visits.page("/", lang).text)
    before = page.partition('class="timeline"')[0]
    files = [one for one in (ROOT / "ontology/questions").glob("*.rq") if "\n# start: " in one.read_text("utf-8")]

    assert len(files) == len(re.findall('<dt><a href="/q/', before)) == 4
    assert [one for one in answers if f"{one}</dd>" not in before] == []


def test_sample_has_an_answer(dataset: Dataset) -> None:
    """The sample query works; the questions have tests of their own."""
    assert Embedded(dataset.store).answer(Query(SAMPLE.query), CSV).count(b"\r\n") == 1 + 10


def test_health(client: FlaskClient, plain: FlaskClient, dataset: Dataset) -> None:
    """Up, ready, and whether the data was validated."""
    statements = sum(1 for _ in dataset.triples())

    assert json.loads(client.get("/health").data) == {"status": "up"}
    assert json.loads(client.get("/ready").data) == {"status": "ready", "triples": statements, "validated": True}
    assert json.loads(plain.get("/ready").data) == {"status": "ready", "triples": 2, "validated": False}


@pytest.mark.parametrize(("path", "accept"), [("/validation.ttl", "*/*"), ("/validation", "text/turtle")])
def test_validation(client: FlaskClient, path: str, accept: str) -> None:
    """The validation report of the data."""
    response = client.get(path, headers={"Accept": accept})

    assert response.content_type == "text/turtle; charset=utf-8"
    assert "sh:conforms true" in response.text


def test_validation_in_other_formats(client: FlaskClient) -> None:
    """Any RDF format and a page; nothing else."""
    assert client.get("/validation.nt").content_type == "application/n-triples"
    assert client.get("/validation.html").content_type == "text/html; charset=utf-8"
    assert client.get("/validation.pdf").status_code == 404


# Headers that any script may read (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name), and those for
# browsers and caches.
READABLE = {"cache-control", "content-language", "content-length", "content-type", "last-modified"}
FOR_BROWSERS = {"accept-ranges", "content-disposition", "content-security-policy", "referrer-policy", "vary"}
FOR_BROWSERS |= {"access-control-allow-origin", "access-control-expose-headers", "x-content-type-options"}
BY_THE_LOOP = {"retry-after", "x-request-id"}


def test_other_sites_may_read(client: FlaskClient) -> None:
    """Scripts of other sites may read all answers and the headers they need."""
    for path in ("/sparql", "/download/iq-hessen.nt", "/id/involas", "/id/involas.ttl", "/nowhere"):
        for headers in (client.get(path).headers, client.post(path).headers):
            visible = set(headers["Access-Control-Expose-Headers"].lower().split(", "))
            assert headers["Access-Control-Allow-Origin"] == "*"
            assert {name.lower() for name, _ in headers} - FOR_BROWSERS - READABLE <= visible
            assert visible >= BY_THE_LOOP


HOSTILE = """
@prefix ex: <http://a.example/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:s a ex:Thing ;
    rdfs:label "<script>alert(1)</script>" ;
    rdfs:comment "שלום (1)"@he ; ex:has [ ex:deep [ ex:value 1 ] ] .
"""


def test_the_start_page_leads_into_other_data(tmp_path: Path) -> None:
    """Each class with its number of things and the query for them."""
    data = load_plain([put(tmp_path, "a.ttl", HOSTILE + "ex:t a ex:Thing . ex:u a <http://a.example/x%22y> .")])
    page = unescape(create_app(data).test_client().get("/", query_string={"lang": "en"}, headers=BROWSER).text)
    queries = re.findall(
        r'<a href="(/sparql\?query=[^"]*Thing[^"]*)" title="ex:Thing">ex:Thing</a> <small>2</small>', page
    )

    assert len(queries) == 1
    (query,) = parse_qs(urlsplit(queries[0]).query)["query"]
    assert Embedded(data.store).answer(Query(query), CSV).count(b"a.example") == 2


@pytest.fixture(scope="module")
def page_of_thing(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a thing in another RDF file."""
    client = site_of(tmp_path_factory.mktemp("somebodys"), HOSTILE)
    response = client.get("/describe", query_string={"uri": "http://a.example/s", "lang": "en"}, headers=BROWSER)
    assert response.status_code == 200
    return response.text


def test_other_data_is_in_words(page_of_thing: str) -> None:
    """Well-known terms have their usual labels; labels of the file are text."""
    assert ">is</a>" in page_of_thing
    assert "&lt;script&gt;alert(1)" in page_of_thing
    assert '<span lang="he">' in page_of_thing


def test_long_texts_are_shortened(tmp_path: Path) -> None:
    """Megabytes of text would stop browsers: the page gives its length, and the data has it whole."""
    file = tmp_path / "a.nt"
    text, label = "x" * 6000, "y" * 400
    file.write_text(
        f'<http://a.example/s> <http://a.example/p> "{text}" .\n'
        f'<http://a.example/s> <http://www.w3.org/2000/01/rdf-schema#label> "{label}" .\n',
        encoding="utf-8",
    )
    data = load_plain([file])
    client = create_app(data).test_client()
    query = {"query": "SELECT ?o { ?s <http://a.example/p> ?o }", "lang": "en"}
    thing = {"uri": "http://a.example/s", "lang": "en"}
    pages = [
        client.get(path, query_string=parameters, headers=BROWSER).text
        for path, parameters in (("/describe", thing), ("/sparql", query))
    ]

    for page in pages:
        assert "6000 characters, shortened here" in page
        assert text not in page
    assert f"<title>{'y' * 299}… – " in pages[0]
    assert text in client.get("/describe.nt", query_string=thing).text
    assert text.encode() in Embedded(data.store).answer(Query(query["query"]), CSV)


def test_nodes_without_a_name_are_numbered(page_of_thing: str) -> None:
    """A node used as a value links to its description."""
    for number in (1, 2):
        assert re.search(rf'<a href="#_{number}"[^>]*>_:{number}</a>', page_of_thing)
        assert f'<span id="_{number}"' in page_of_thing


def test_the_start_page_of_other_files_has_the_largest_classes(tmp_path: Path) -> None:
    """Twelve at most."""
    triples = " ".join(f"<urn:s{number}> a <urn:c{number}> ." for number in range(MAX_CLASSES + 1))

    assert len(set(re.findall(r"urn:c\d+", site_of(tmp_path, triples).get("/").text))) == MAX_CLASSES
