"""Other people's files: the site has their title and licence, and nothing of the bundled graph."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from iqgraph.bilingual import Text
from iqgraph.dataset import load_plain
from iqgraph.dataset.profile import BUNDLED, Profile
from iqgraph.terms import BASE
from tiny import put
from visits import site_of

PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix cc: <http://creativecommons.org/ns#> . @prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix old: <http://schema.org/> . @prefix void: <http://rdfs.org/ns/void#> . @prefix : <http://a.example/> .
"""
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
ONTOLOGY = """<http://a.example/> a owl:Ontology ; rdfs:label "Boats and ships, and what they carry"@en ;
    dcterms:license <http://creativecommons.org/licenses/by/4.0/> . :Boat a owl:Class ; rdfs:label "boat"@en ."""
SCHEME = """:colours a skos:ConceptScheme ; skos:prefLabel "Farben"@de, "Colours"@en ;
    skos:definition "Some colours."@en .
    :red a skos:Concept ; skos:inScheme :colours ; skos:prefLabel "rot"@de, "red"@en ."""
CATALOGUE = """[] a dcat:Catalog ; dcterms:title "Data of a town" ; dcterms:rights "All of them." ;
    dcat:dataset :trees, :roads . :trees a dcat:Dataset ; dcterms:title "Trees" . :roads a dcat:Dataset ."""
SCHEMA = f""":all a schema:Dataset ; schema:name "Bands" ; schema:license "{CC_BY}" . :band a schema:MusicGroup ."""
TWO = """:a a owl:Ontology ; rdfs:label "A" . :b a owl:Ontology ; rdfs:label "B" ."""
INSTANCES = ':anna a :Person ; rdfs:label "Anna" .'
# The terms of the usual vocabularies for a whole, its title, description and licence.
WHOLE = [
    *("dcat:Catalog", "dcat:Dataset", "void:Dataset", "schema:Dataset", "old:Dataset"),
    *("owl:Ontology", "skos:ConceptScheme"),
]
TITLES = ["dcterms:title", "dc:title", "schema:name", "old:name", "skos:prefLabel", "rdfs:label"]
DESCRIPTIONS = [
    *("dcterms:abstract", "dcterms:description", "dc:description", "schema:description", "old:description"),
    *("skos:definition", "rdfs:comment"),
]
LICENCES = ["dcterms:license", "cc:license", "schema:license", "old:license", "dcterms:rights", "dc:rights"]
# The file, its title in both languages, the title in the head of the page, and whether it has a licence.
KINDS = {
    "ontology": (
        ONTOLOGY,
        "Boats and ships, and what they carry",
        "Boats and ships, and what they carry",
        "mine",
        True,
    ),
    "scheme": (SCHEME, "Farben", "Colours", "Colours", False),
    "catalogue": (CATALOGUE, "Data of a town", "Data of a town", "Data of a town", False),
    "schema.org": (SCHEMA, "Bands", "Bands", "Bands", True),
    "two ontologies": (TWO, "mine.ttl", "mine.ttl", "mine.ttl", False),
    "instances": (INSTANCES, "mine.ttl", "mine.ttl", "mine.ttl", False),
}
OFFERED = ("/", "/sparql", "/void", "/catalog", "/download/", "/how-to", "/how-to/api", "/how-to/agents", "/llms.txt")
MORE = (
    "/search",
    "/search?q=ann",
    "/search?q=none",
    "/openapi.json",
    "/void.ttl",
    "/catalog.ttl",
    "/problem/not-found",
    "/describe?uri=http://a.example/anna",
)
MISSING = (
    "/validation",
    "/about",
    "/explore",
    "/quality",
    "/q/",
    "/cite",
    "/version/",
    "/ontology",
    "/shapes",
    "/links",
)
OURS = re.compile(rf"{BASE}|{BUNDLED.stem}|{BUNDLED.short}|\biq:|passage/|Wissensgraph|CC0|developers", re.IGNORECASE)


def profile(folder: Path, *contents: str) -> Profile:
    """The profile of files."""
    files = [put(folder, f"mine{n or ''}.ttl", f"{PREFIXES}{content}") for n, content in enumerate(contents)]
    return load_plain(files).profile


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of other instances."""
    return site_of(tmp_path_factory.mktemp("plain"), f"{PREFIXES}{INSTANCES}", "mine.ttl")


def test_the_usual_property_comes_first(tmp_path: Path) -> None:
    """Of several, DCMI Terms and the properties without a schema before others."""
    both = """a dcat:Dataset ; rdfs:label "d" ; dc:title "b" ; dcterms:title "a" ; rdfs:comment "d" ;
        dcterms:description "a" ; dc:rights <http://b.example/> ; cc:license <http://c.example/> ; dcterms:license <http://a.example/>"""
    own = profile(tmp_path, f"<http://a.example/> {both} .")

    assert (own.title.en, own.description and own.description.en) == ("a", "a")
    assert own.licence == NamedNode("http://a.example/")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_has_its_own_title(tmp_path: Path, kind: str) -> None:
    """The title of the one thing that is the whole, otherwise the name of the file."""
    content, german, english, short, is_licensed = KINDS[kind]
    own = profile(tmp_path, content)

    assert (own.title.de, own.title.en, own.short, own.stem) == (german, english, short, "mine")
    assert (own.licence is not None) == is_licensed


@pytest.mark.parametrize(
    ("is_of", "statements", "part"),
    [
        *((f"a {kind}", 'rdfs:label "Bands"', "title") for kind in WHOLE),
        *(("a dcat:Dataset", f'{title} "Bands"', "title") for title in TITLES),
        *(("a dcat:Dataset", f'rdfs:label "B" ; {text} "Bands"', "description") for text in DESCRIPTIONS),
        *(("a dcat:Dataset", f'rdfs:label "B" ; {one} <{CC_BY}> , "No."', "licence") for one in LICENCES),
        *(("a dcat:Dataset", f'rdfs:label "B" ; {one} "{CC_BY}"', "licence") for one in LICENCES),
    ],
)
def test_each_vocabulary_is_understood(tmp_path: Path, is_of: str, statements: str, part: str) -> None:
    """Title, description and licence in each usual vocabulary."""
    text = getattr(profile(tmp_path, f":all {is_of} ; {statements} ."), part)

    assert (text.value if part == "licence" else text.en) == (CC_BY if part == "licence" else "Bands")


def test_several_files(tmp_path: Path) -> None:
    """Their title is their names, and files made of them have a neutral name."""
    own = profile(tmp_path, INSTANCES, INSTANCES)

    assert (own.title.en, own.stem) == ("mine.ttl, mine1.ttl", "data")
    assert profile(tmp_path, *[INSTANCES] * 3).title.en == "mine.ttl, mine1.ttl, mine2.ttl"
    assert profile(tmp_path, *[INSTANCES] * 4).title == Text(de="4 Dateien", en="4 files")


@pytest.mark.parametrize(
    ("name", "stem"), [("a b.v1.nt", "a-b-v1"), ("Straße.ttl", "Stra-e"), ("...ttl", "data"), ("x.TTL", "x")]
)
def test_names_of_files_are_plain(tmp_path: Path, name: str, stem: str) -> None:
    """They have only characters that are safe in file systems and addresses."""
    file = tmp_path / name
    file.write_bytes(b"")

    assert load_plain([file]).profile.stem == stem


def test_title_and_licence_are_shown(tmp_path: Path) -> None:
    """On the page, in the catalogue, in the interface and for agents; a known licence by its name."""
    client = site_of(tmp_path, f"{PREFIXES}{ONTOLOGY}", "boats.ttl")
    page, title = client.get("/").text, "Boats and ships, and what they carry"

    assert f"<h1>{title}</h1>" in page
    assert f'<a href="{CC_BY}" rel="license">CC BY 4.0</a>' in page
    assert f'dcterms:title "{title}"' in client.get("/catalog.ttl").text
    assert json.loads(client.get("/openapi.json").data)["info"]["title"] == title
    assert client.get("/llms.txt").text.startswith(f"# {title}\n\n> Data: CC BY 4.0.\n")
    assert CC_BY in client.get("/download/boats.ttl").headers["Link"]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "path", [*OFFERED, *MORE, *MISSING, "/id/none", "/none", "/describe?uri=http://a.example/none"]
)
def test_nothing_mentions_the_bundled_graph(plain: FlaskClient, path: str, lang: str) -> None:
    """Pages of the bundled graph alone are not found, and no page links to them."""
    response = plain.get(f"{path}{'&' if '?' in path else '?'}lang={lang}", headers={"Accept": "text/html, */*;q=0.1"})
    links = re.findall(r'href="(/[^"?]*)', response.text)

    assert response.status_code == (200 if path in OFFERED or path in MORE else 404)
    assert OURS.findall(response.text) == []
    assert not {one.partition("?")[0] for one in MISSING if one != path} & set(links)


def test_names_are_searched(plain: FlaskClient) -> None:
    """A part of a name finds the thing and its page."""
    things = plain.get("/search?q=ann&format=json").get_json()["things"]

    assert [(one["label"], one["iri"]) for one in things["results"]] == [("Anna", "http://a.example/anna")]
    assert plain.get(things["results"][0]["page"]).status_code == 200


def test_large_files_are_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no page links to the search, nor to the counts."""
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)
    client = site_of(tmp_path, f"{PREFIXES}{INSTANCES}", "mine.ttl")

    assert client.get("/search?q=anna").status_code == 404
    assert client.get("/catalog.html").status_code == 200
    texts = [client.get(page).text for page in ("/", "/catalog.html", "/download/", "/sitemap.xml")]
    assert not [text for text in texts if re.search('/(?:search|void)[">?<]', text)]


def test_problem_types_are_of_the_site(plain: FlaskClient) -> None:
    """They link to the page that explains them."""
    problem = plain.get("/none", headers={"Accept": "application/json"}).get_json()

    assert problem["type"] == "http://localhost/problem/not-found"
    assert plain.get(problem["type"]).status_code == 200
