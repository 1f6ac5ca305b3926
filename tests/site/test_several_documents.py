"""Several documents on one site: each passage says of which it is, wherever its number stands."""

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
    """A page without its tags, as paper and plain text have it."""
    return " ".join(re.sub(r"<[^>]*>", " ", visits.page(path, lang).text).split())


def test_documents_are_listed(visits: Visits) -> None:
    """The address that leads to the only document lists several, each with its short name and its own page."""
    page = visits.page("/document").text

    for name, short in (("11-jahre-iq", "involas"), ("fresko-2025", "FRESKO")):
        assert f'href="/document/{name}?lang=en"' in page
        assert f'<span class="mark explicit">{short}</span>' in page


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/id/involas.html", r"involas GmbH .{0,4}FRESKO 2\b"),
        ("/id/network-hessen.html", r"involas 24 "),
        ("/passage/fresko-2025/S02.html", "Passage FRESKO 2 "),
        ("/passage/11-jahre-iq/S24.html", "Passage involas 24 "),
        ("/about", r"“FRESKO: review of the funding period 2023–2025” is divided into \d+ passages"),
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
def test_page_names_the_document(visits: Visits, path: str, said: str) -> None:
    """In so many words, not only where a pointer rests on a mark."""
    assert re.search(said, words(visits, path), re.IGNORECASE)


def test_sentence_names_each_source_once(visits: Visits) -> None:
    """Several statements make a sentence; what a passage says of one of them and implies of another is one mark."""
    sentences = re.findall(r"<li>(.*?)</li>", visits.page("/id/involas.html").text.partition('class="sentences"')[2])
    marks = [re.findall(r'class="mark [^"]*" href="([^"]*)"', one) for one in sentences]

    assert any(marks)
    assert [one for one in marks if len(one) > len(set(one))] == []


def test_second_description_says_whose_it_is() -> None:
    """Each document may describe a thing: all that do in the reader's language stand on its page, with their graphs."""
    described = {"one": Literal("First.", language="en"), "two": Literal("Second.", language="en")}
    store = Store()
    for name, text in {**described, "three": Literal("Drittens.", language="de")}.items():
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


def test_example_of_what_a_further_document_says(dataset: Dataset) -> None:
    """A term that the first document only counts things with has its example from the next."""
    found = example(dataset, IQ.SubProject, OWL.Class)

    assert found
    assert f"{BASE}passage/fresko-2025/S08" in {one.value for one in dataset.passages(found.graph_name)}


def test_number_stands_alone_where_there_is_one_document(dataset: Dataset) -> None:
    """Nothing could be mistaken there."""
    assert Evidence(dataset, {}, "en", has_several_documents=False).passage_label(ARTICLE) == "24"


@pytest.mark.parametrize(("given", "called"), [("", "S24 minutes"), ("Protokoll", "S24 Protokoll")])
def test_document_without_a_short_name_is_called_by_its_iri(given: str, called: str) -> None:
    """Data of others may have several documents and no short names, or one in another language than the reader's."""
    store = Store()
    if given:
        store.add(Quad(ID.minutes, IQ.acronym, Literal(given, language="de")))
    store.add(Quad(ARTICLE, NamedNode("http://www.w3.org/ns/oa#hasSource"), ID.minutes))
    name, number = Evidence(Dataset(store), {}, "en", has_several_documents=True).passage_label(ARTICLE).rsplit(" ", 1)

    assert f"{number} {name}" == called


def test_prefixes_of_each_document(dataset: Dataset) -> None:
    """`p:` and `g:` are those of the first document; a further one has its name behind, so that none is misread."""
    shorten = Model(dataset).short

    assert shorten(ARTICLE) == "p:S24"
    assert shorten(REPORT) == "p-fresko-2025:S02"
    assert dataset.prefixes["g-fresko-2025"] == f"{BASE}graph/fresko-2025/"
