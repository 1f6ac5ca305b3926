"""A crawl: every IRI of ours is asked for, bare and in each form, and each answer is read by a parser.

A sampled run visits a sixtieth of each kind.
"""

from collections import defaultdict
from collections.abc import Iterable

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.dataset import Dataset
from iqgraph.dataset.profile import describe_graph
from iqgraph.dataset.questions import ENDPOINT
from iqgraph.dataset.reading import read
from iqgraph.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_FORMATS, TRIG, Format
from iqgraph.release.versions import releases
from iqgraph.resources import packaged, rdf_files
from iqgraph.terms import BASE
from iqgraph.web.forms import DOCUMENTS
from iqgraph.web.http.negotiation import Page
from visits import Draw, Visits
from weblinks import WebLink
from weblinks import read as read_links

pytestmark = pytest.mark.timeout(600)  # the complete crawl asks for some thousand documents

# One document each for many things, whose IRIs have a hash.
WHOLE = {"ontology", "shapes", "void"}
KINDS = {"concept", "graph", "id", "ontology", "passage", "query", "rule", "shapes", "void"}
LICENCES = {"https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/4.0/"}


def terms(triples: Iterable[Triple]) -> Iterable[str]:
    """Every IRI in these triples."""
    return (term.value for triple in triples for term in triple if isinstance(term, NamedNode))


def own(dataset: Dataset) -> set[str]:
    """Every IRI of ours: in the dataset and in the shapes."""
    found = {*terms(dataset.triples()), *(graph.value for graph in dataset.graphs())}
    for file in rdf_files(packaged().shapes, "shapes"):
        found.update(terms(quad.triple for quad in read(file).quads))
    return {iri for iri in found if iri.startswith(BASE)}


# Nothing describes these two graphs.
UNNAMED = {("/graph/meta", "graph"), ("/graph/ontology", "graph")}
# What the data names beside its things: it, its catalogue and its endpoint, with their parts.
SERVICES = {ENDPOINT.value.removeprefix(BASE), "catalog", "dataset"}
# The catalogue is the document about the dataset, and a version of the ontology is the ontology.
LED_ON = {f"{BASE}dataset", *(f"{BASE}ontology/{one.version}" for one in releases(packaged()))}


class Crawl(Visits):
    """The answers of a site, each read by a parser."""

    def quads(self, path: str, form: Format) -> list[Quad]:
        """What a document says."""
        return list(parse(self.get(f"{path}.{form.extension}").data, form.rdf))

    def links(self, path: str) -> list[WebLink]:
        """The links of an answer."""
        return read_links(self.get(path).headers["Link"])


@pytest.fixture(scope="module")
def crawl(client: FlaskClient) -> Crawl:
    """A crawl of the site."""
    return Crawl(client)


@pytest.fixture(scope="module")
def all_paths(dataset: Dataset) -> dict[str, set[str]]:
    """The path of each document with the IRIs that it has to describe."""
    found: dict[str, set[str]] = defaultdict(set)
    for iri in own(dataset) - LED_ON:
        if (path := iri.removeprefix(BASE).partition("#")[0]) not in SERVICES:
            found[f"/{path}"].add(iri)
    return dict(found)


@pytest.fixture(scope="module")
def paths(all_paths: dict[str, set[str]], draw: Draw) -> dict[str, set[str]]:
    """Those that this run visits, some of each kind."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in all_paths:
        kinds[kind(path)].append(path)
    return {path: all_paths[path] for found in kinds.values() for path in draw(found)}


@pytest.fixture(scope="module")
def things(paths: dict[str, set[str]]) -> list[str]:
    """The paths of things, each with a document of its own."""
    return sorted(path for path in paths if kind(path) not in WHOLE)


def kind(path: str) -> str:
    """The kind of what is at a path, such as `passage`."""
    return path.split("/")[1]


def default(quads: list[Quad]) -> set[Triple]:
    """What stands outside the named graphs."""
    return {quad.triple for quad in quads if isinstance(quad.graph_name, DefaultGraph)}


def named(quads: list[Quad]) -> set[Quad]:
    """What stands in the named graphs."""
    return {quad for quad in quads if not isinstance(quad.graph_name, DefaultGraph)}


def test_there_is_much_to_visit(all_paths: dict[str, set[str]], things: list[str]) -> None:
    """An empty crawl would find no fault."""
    assert {kind(path) for path in all_paths} == KINDS
    assert {kind(path) for path in things} == KINDS - WHOLE
    assert len(all_paths) > 500


def test_bare_addresses_lead_to_documents(crawl: Crawl, things: list[str]) -> None:
    """303 for each media type, to the document in that form, and the answer tells that Accept decided."""
    for path in things:
        for form in DOCUMENTS:
            response = crawl.get(path, form.media_types[0])
            assert (response.status_code, response.headers["Location"]) == (303, f"{path}.{form.extension}")
            assert response.vary.as_set() == {"accept"}


@pytest.mark.parametrize("form", DOCUMENTS, ids=lambda form: form.extension)
def test_the_endpoint_describes_itself(crawl: Crawl, form: Format | Page) -> None:
    """Its IRI, where questions are to be asked, leads to the service description or to its page."""
    response = crawl.get(ENDPOINT.value.removeprefix(BASE[:-1]), form.media_types[0])

    assert (response.status_code, response.mimetype) == (200, form.media_types[0])


def test_documents_have_their_types(crawl: Crawl, paths: dict[str, set[str]]) -> None:
    """Every form of every document is there, and is what it says."""
    for path in sorted(paths):
        for form in DOCUMENTS:
            response = crawl.get(f"{path}.{form.extension}")
            assert response.status_code == 200, f"{path}.{form.extension}"
            assert response.content_type.partition(";")[0] == form.media_types[0]


@pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: form.extension)
def test_documents_stay_the_same(client: FlaskClient, paths: dict[str, set[str]], form: Format) -> None:
    """Byte by byte, also where a blank node has no name of its own, so that what somebody has kept stays good."""
    for path in sorted({*paths, "/shapes", "/validation", "/void"}):
        first, second = (client.get(f"{path}.{form.extension}") for _ in range(2))
        assert (first.status_code, first.data) == (200, second.data), path


def test_documents_describe_their_things(crawl: Crawl, paths: dict[str, set[str]]) -> None:
    """Each IRI occurs in what each document of it says."""
    for path, iris in sorted(paths.items()):
        for form in RDF_FORMATS:
            quads = crawl.quads(path, form)
            said = {*terms(quad.triple for quad in quads), *(str(quad.graph_name).strip("<>") for quad in quads)}
            assert iris <= said or (path, form.kind) in UNNAMED, f"{path}.{form.extension}"


def test_pages_show_their_things(crawl: Crawl, things: list[str]) -> None:
    """Each page says which IRI it is about."""
    for path in things:
        assert f"<code>{BASE}{path[1:]}</code>" in crawl.get(f"{path}.html").text, path


def test_all_forms_say_the_same(crawl: Crawl, things: list[str]) -> None:
    """One set of triples in each form; one set of named graphs in each form that has them."""
    for path in things:
        said = {form: crawl.quads(path, form) for form in RDF_FORMATS}
        triples = default(said[N_TRIPLES])
        for form in RDF_FORMATS:
            assert {quad.triple for quad in said[form]} == triples, f"{path}.{form.extension}"
        assert default(said[JSON_LD]) == triples
        assert named(said[JSON_LD]) == named(said[TRIG]) == named(said[N_QUADS])


def test_documents_say_what_the_dataset_says(crawl: Crawl, things: list[str], dataset: Dataset) -> None:
    """No statement is made up, none about the thing is missing, and each stands in all the graphs that make it.

    The default graph has them all once more. What a graph is that no file describes is said there alone.
    """
    for path in things:
        node = NamedNode(f"{BASE}{path[1:]}")
        quads = crawl.quads(path, TRIG)
        about = {*dataset.store.quads_for_pattern(node, None, None), *dataset.store.quads_for_pattern(None, None, node)}
        ours = set(describe_graph(dataset.store, node))
        assert all(quad in dataset.store for quad in quads if quad.triple not in ours), path
        assert {quad for quad in about if not isinstance(quad.graph_name, DefaultGraph)} <= named(quads), path
        assert default(quads) == {quad.triple for quad in named(quads)} | ours, path
        assert not ours & {quad.triple for quad in named(quads)}, path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7 warns of its own calls
def test_another_reader_of_json_ld(crawl: Crawl, things: list[str]) -> None:
    """Another library finds the same quads in each document, without asking the network for a context."""
    for path in things:
        data = rdflib.Dataset()
        data.parse(data=crawl.get(f"{path}.jsonld").data, format="json-ld")
        again = data.serialize(format="nquads")
        assert set(parse(again, RdfFormat.N_QUADS)) == set(crawl.quads(path, JSON_LD)), path


def test_links_resolve(crawl: Crawl, all_paths: dict[str, set[str]], things: list[str]) -> None:
    """Each link of a thing and of its documents that stays on the site leads to something."""
    addresses = {f"{path}.{form.extension}" for path in all_paths for form in DOCUMENTS}
    for path in things:
        for address in (path, f"{path}.html", f"{path}.ttl"):
            for link in crawl.links(address):
                target = link.target.removeprefix(BASE[:-1]).partition("#")[0]
                assert not target.startswith("/") or target in addresses | all_paths.keys(), (address, link)


def test_links_are_complete(crawl: Crawl, things: list[str]) -> None:
    """Every other form, the licence, the thing and its types, the canonical address."""
    for path in things:
        thing = f"{BASE}{path[1:]}"
        links = crawl.links(f"{path}.html")
        assert {(link.target, link.type) for link in links if link.relation == "alternate"} == {
            (f"{path}.{form.extension}", form.media_type) for form in RDF_FORMATS
        }
        assert [link.target for link in links if link.relation == "describes"] == [thing]
        assert [link.target for link in links if link.relation == "canonical"] == [f"{thing}.html"]
        assert {link.target for link in links if link.relation == "license"} <= LICENCES
        assert {link.anchor for link in links if link.relation == "type"} <= {thing}
        assert [link.target for link in crawl.links(path) if link.relation == "describedby"] == [f"{path}.ttl"]
        assert not [link for link in crawl.links(f"{path}.ttl") if link.relation == "describedby"]


@pytest.mark.parametrize("form", DOCUMENTS, ids=lambda form: str(form.extension))
def test_what_has_its_document_elsewhere(crawl: Crawl, draw: Draw, form: Format | Page) -> None:
    """The way leads to a document in the form that was asked for, on this host."""
    for iri in {f"{BASE}dataset", *draw(LED_ON)}:
        response = crawl.get(f"/{iri.removeprefix(BASE)}", form.media_types[0])
        assert response.status_code == 303
        there = crawl.follow(response.location or "", form.media_types[0])
        assert (there.status_code, there.mimetype) == (200, form.media_types[0]), iri
