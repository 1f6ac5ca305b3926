"""Several documents on one site: each passage number comes with its document."""

import re

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from iqgraph.dataset import UNION, Dataset
from iqgraph.dataset.passages import read_tables
from iqgraph.model.evidence import Evidence
from iqgraph.model.model import Model
from iqgraph.reference.usage import example
from iqgraph.resources import packaged
from iqgraph.terms import BASE, DCTERMS, ID, IQ, OWL, SKOS, passage_iri
from iqgraph.web import create_app
from visits import Visits

pytestmark = pytest.mark.skipif(len(read_tables(packaged())) < 2, reason="the data has one document")
ARTICLE, REPORT = passage_iri("11-jahre-iq", "S24"), passage_iri("fresko-2025", "S02")


def words(visits: Visits, path: str, lang: str = "en") -> str:
    """The text of a page without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", visits.page(path, lang).text).split())


def test_documents_are_listed(visits: Visits) -> None:
    """The address of the only document lists several, each with its short name and its page."""
    page = visits.page("/document").text

    for name, short in (("11-jahre-iq", "involas"), ("fresko-2025", "FRESKO")):
        assert f'href="/document/{name}?lang=en"' in page
        assert f'<span class="mark explicit">{short}</span>' in page


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/id/involas.html", r"involas GmbH .{0,4}FRESKO 2\b"),
        ("/id/network-hessen.html", r"involas 24 "),
        ("/passage/fresko-2025/S02.html", "Passage FRESKO 2 "),
        ("/passage/11-jahre-iq/S24.html", "Passage involas 24 "),
        ("/about", r"“FRESKO: review of the funding period 2023–2025” \(\d+ passages\)"),
        ("/document/fresko-2025", "11 years of IQ at involas .*All documents"),
        ("/", " Documents "),
        ("/q/which-passages-say-that-involas-coordinates", r"FRESKO 2: Stocktaking in the morning"),
        ("/q/who-coordinates-the-network", r"Passages about this: involas 24 involas 33 FRESKO 2 "),
        ("/q/who-coordinates-the-network", r"involas 1 The passage with this number says so explicitly"),
        ("/search?q=Stocktaking", r"Stocktaking in the morning Passage FRESKO 2 "),
        ("/quality", r"What the documents leave vague"),
        ("/quality", r" FRESKO 2: Stocktaking in the morning "),
        ("/sparql", r"One document alone"),
    ],
)
def test_page_names_the_document(visits: Visits, path: str, pattern: str) -> None:
    """In the text, not only in a tooltip."""
    assert re.search(pattern, words(visits, path), re.IGNORECASE)


def test_sentence_names_each_source_once(visits: Visits) -> None:
    """A sentence of several statements has one mark for each passage."""
    sentences = re.findall(r"<li>(.*?)</li>", visits.page("/id/involas.html").text.partition('class="sentences"')[2])
    marks = [re.findall(r'class="mark [^"]*" href="([^"]*)"', one) for one in sentences]

    assert any(marks)
    assert [one for one in marks if len(one) > len(set(one))] == []


def test_descriptions_name_their_graphs() -> None:
    """The page of a thing has all its descriptions in the reader's language, with their graphs."""
    descriptions = {"one": Literal("First.", language="en"), "two": Literal("Second.", language="en")}
    store = Store()
    for name, text in {**descriptions, "three": Literal("Drittens.", language="de")}.items():
        graph = NamedNode(f"{BASE}graph/names/{name}")
        store.extend(Quad(ID.anna, DCTERMS.description, text, one) for one in (graph, UNION))
        store.add(Quad(graph, SKOS.prefLabel, Literal(f"Names for {name}", language="en"), UNION))
    page = create_app(Dataset(store)).test_client().get("/id/anna.html?lang=en", headers={"Accept": "text/html"}).text
    lead = " ".join(re.sub(r"<[^>]*>", " ", page.partition("<ul data-card>")[2].partition("</ul>")[0]).split())

    assert lead == "First. one Names for one Second. two Names for two"


def test_marks_are_ordered_by_document_before_number(dataset: Dataset) -> None:
    """The passages of one document stay together."""
    marks = Evidence(dataset, {}, "en", has_several_documents=True).passage_marks(
        [REPORT, ARTICLE, passage_iri("11-jahre-iq", "S02")]
    )

    assert [mark.text for mark in marks] == ["involas 2", "involas 24", "FRESKO 2"]


def test_an_example_from_another_document(dataset: Dataset) -> None:
    """A term without an example in the first document has one from the next."""
    statement = example(dataset, IQ.SubProject, OWL.Class)

    assert statement
    assert f"{BASE}passage/fresko-2025/S08" in {one.value for one in dataset.passages(statement.graph_name)}


def test_a_single_document_is_not_named(dataset: Dataset) -> None:
    """The number of a passage is unambiguous."""
    assert Evidence(dataset, {}, "en", has_several_documents=False).passage_label(ARTICLE) == "24"


@pytest.mark.parametrize(("acronym", "label"), [("", "S24 minutes"), ("Protokoll", "S24 Protokoll")])
def test_document_without_a_short_name_is_called_by_its_iri(acronym: str, label: str) -> None:
    """Other data may have documents without short names, or with one in another language."""
    store = Store()
    if acronym:
        store.add(Quad(ID.minutes, IQ.acronym, Literal(acronym, language="de")))
    store.add(Quad(ARTICLE, NamedNode("http://www.w3.org/ns/oa#hasSource"), ID.minutes))
    name, number = Evidence(Dataset(store), {}, "en", has_several_documents=True).passage_label(ARTICLE).rsplit(" ", 1)

    assert f"{number} {name}" == label


def test_prefixes_of_each_document(dataset: Dataset) -> None:
    """`p:` and `g:` are those of the first document; those of others end with their names."""
    shorten = Model(dataset).short

    assert shorten(ARTICLE) == "p:S24"
    assert shorten(REPORT) == "p-fresko-2025:S02"
    assert dataset.prefixes["g-fresko-2025"] == f"{BASE}graph/fresko-2025/"
