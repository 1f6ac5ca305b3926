"""A crawl: every IRI of ours is requested, bare and in each format, and each answer is parsed.

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
from iqgraph.web.representations import DOCUMENTS
from visits import Draw, Visits
from weblinks import WebLink
from weblinks import read as read_links

pytestmark = pytest.mark.timeout(600)  # the complete crawl requests some thousand documents

# Documents about many things, whose IRIs have fragments.
WHOLE = {"ontology", "shapes", "void"}
KINDS = {"concept", "graph", "id", "ontology", "passage", "query", "rule", "shapes", "void"}
LICENCES = {"https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/4.0/"}


def terms(triples: Iterable[Triple]) -> Iterable[str]:
    """Every IRI in these triples."""
    return (term.value for triple in triples for term in triple if isinstance(term, NamedNode))


def own(dataset: Dataset) -> set[str]:
    """Every IRI of ours: in the dataset and in the shapes."""
    iris = {*terms(dataset.triples()), *(graph.value for graph in dataset.graphs())}
    for file in rdf_files(packaged().shapes, "shapes"):
        iris.update(terms(quad.triple for quad in read(file).quads))
    return {iri for iri in iris if iri.startswith(BASE)}


# Nothing describes these two graphs.
UNNAMED = {("/graph/meta", "graph"), ("/graph/ontology", "graph")}
# IRIs of the data other than its things: dataset, catalogue and endpoint.
SERVICES = {ENDPOINT.value.removeprefix(BASE), "catalog", "dataset"}
# The catalogue is the document about the dataset, and a version of the ontology is the ontology.
REDIRECTS = {f"{BASE}dataset", *(f"{BASE}ontology/{one.version}" for one in releases(packaged()))}


class Crawl(Visits):
    """The answers of a site, each read by a parser."""

    def quads(self, path: str, format: Format) -> list[Quad]:
        """The quads of a document."""
        return list(parse(self.get(f"{path}.{format.extension}").data, format.rdf))

    def links(self, path: str) -> list[WebLink]:
        """The links of an answer."""
        return read_links(self.get(path).headers["Link"])


@pytest.fixture(scope="module")
def crawl(client: FlaskClient) -> Crawl:
    """A crawl of the site."""
    return Crawl(client)


@pytest.fixture(scope="module")
def all_paths(dataset: Dataset) -> dict[str, set[str]]:
    """The path of each document with the IRIs that it must describe."""
    iris_by_path: dict[str, set[str]] = defaultdict(set)
    for iri in own(dataset) - REDIRECTS:
        if (path := iri.removeprefix(BASE).partition("#")[0]) not in SERVICES:
            iris_by_path[f"/{path}"].add(iri)
    return dict(iris_by_path)


@pytest.fixture(scope="module")
def paths(all_paths: dict[str, set[str]], draw: Draw) -> dict[str, set[str]]:
    """The paths of this run, some of each kind."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in all_paths:
        kinds[kind(path)].append(path)
    return {path: all_paths[path] for members in kinds.values() for path in draw(members)}


@pytest.fixture(scope="module")
def things(paths: dict[str, set[str]]) -> list[str]:
    """The paths of things, each with a document of its own."""
    return sorted(path for path in paths if kind(path) not in WHOLE)


def kind(path: str) -> str:
    """The kind of thing at a path, such as `passage`."""
    return path.split("/")[1]


def in_default_graph(quads: list[Quad]) -> set[Triple]:
    """The triples of the default graph."""
    return {quad.triple for quad in quads if isinstance(quad.graph_name, DefaultGraph)}


def in_named_graphs(quads: list[Quad]) -> set[Quad]:
    """The quads of the named graphs."""
    return {quad for quad in quads if not isinstance(quad.graph_name, DefaultGraph)}


def test_there_is_much_to_visit(all_paths: dict[str, set[str]], things: list[str]) -> None:
    """An empty crawl would find no fault."""
    assert {kind(path) for path in all_paths} == KINDS
    assert {kind(path) for path in things} == KINDS - WHOLE
    assert len(all_paths) > 500


def test_bare_addresses_lead_to_documents(crawl: Crawl, things: list[str]) -> None:
    """With status 303 for each media type, and Vary: Accept."""
    for path in things:
        for format in DOCUMENTS:
            response = crawl.get(path, format.media_types[0])
            assert (response.status_code, response.headers["Location"]) == (303, f"{path}.{format.extension}")
            assert response.vary.as_set() == {"accept"}


@pytest.mark.parametrize("format", DOCUMENTS, ids=lambda format: format.extension)
def test_the_endpoint_describes_itself(crawl: Crawl, format: Format) -> None:
    """Its IRI leads to the service description or to its page."""
    response = crawl.get(ENDPOINT.value.removeprefix(BASE[:-1]), format.media_types[0])

    assert (response.status_code, response.mimetype) == (200, format.media_types[0])


def test_documents_have_their_types(crawl: Crawl, paths: dict[str, set[str]]) -> None:
    """Every format of every document has its content type."""
    for path in sorted(paths):
        for format in DOCUMENTS:
            response = crawl.get(f"{path}.{format.extension}")
            assert response.status_code == 200, f"{path}.{format.extension}"
            assert response.content_type.partition(";")[0] == format.media_types[0]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_page_that_is_listed_answers(crawl: Crawl, draw: Draw, lang: str) -> None:
    """In both languages, so that other tests need not follow links to them; a page without a choice is in English."""
    for path in draw(crawl.sitemap_paths):
        is_visited = lang == "en" and path.endswith(".html")
        response = crawl.get(path) if is_visited else crawl.page(path, lang)
        assert (response.status_code, response.mimetype) == (200, "text/html"), path
        assert f'<html lang="{lang}">' in response.text


@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda format: format.extension)
def test_documents_stay_the_same(crawl: Crawl, paths: dict[str, set[str]], format: Format) -> None:
    """Byte by byte, also with blank nodes, so that copies stay valid."""
    for address in (f"{path}.{format.extension}" for path in sorted({*paths, "/shapes", "/validation", "/void"})):
        again = crawl.client.get(address)
        assert (again.status_code, again.data) == (200, crawl.get(address).data), address


def test_documents_describe_their_things(crawl: Crawl, paths: dict[str, set[str]]) -> None:
    """Each IRI occurs in each of its documents."""
    for path, iris in sorted(paths.items()):
        for format in RDF_FORMATS:
            quads = crawl.quads(path, format)
            nodes = {*terms(quad.triple for quad in quads), *(str(quad.graph_name).strip("<>") for quad in quads)}
            assert iris <= nodes or (path, format.content) in UNNAMED, f"{path}.{format.extension}"


def test_pages_show_their_things(crawl: Crawl, things: list[str]) -> None:
    """Each page has the IRI of its thing."""
    for path in things:
        assert f"<code>{BASE}{path[1:]}</code>" in crawl.get(f"{path}.html").text, path


def test_all_formats_say_the_same(crawl: Crawl, things: list[str]) -> None:
    """The same triples in each format, and the same named graphs in each format that has them."""
    for path in things:
        quads = {format: crawl.quads(path, format) for format in RDF_FORMATS}
        triples = in_default_graph(quads[N_TRIPLES])
        for format in RDF_FORMATS:
            assert {quad.triple for quad in quads[format]} == triples, f"{path}.{format.extension}"
        assert in_default_graph(quads[JSON_LD]) == triples
        assert in_named_graphs(quads[JSON_LD]) == in_named_graphs(quads[TRIG]) == in_named_graphs(quads[N_QUADS])


def test_documents_say_what_the_dataset_says(crawl: Crawl, things: list[str], dataset: Dataset) -> None:
    """No statement is invented, none about the thing is missing, and each is in all its graphs.

    The default graph repeats them all. Only it describes built-in graphs.
    """
    for path in things:
        node = NamedNode(f"{BASE}{path[1:]}")
        quads = crawl.quads(path, TRIG)
        about = {*dataset.store.quads_for_pattern(node, None, None), *dataset.store.quads_for_pattern(None, None, node)}
        ours = set(describe_graph(dataset.store, node))
        assert all(quad in dataset.store for quad in quads if quad.triple not in ours), path
        assert {quad for quad in about if not isinstance(quad.graph_name, DefaultGraph)} <= in_named_graphs(quads), path
        assert in_default_graph(quads) == {quad.triple for quad in in_named_graphs(quads)} | ours, path
        assert not ours & {quad.triple for quad in in_named_graphs(quads)}, path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7 warns of its own calls
def test_another_reader_of_json_ld(crawl: Crawl, things: list[str]) -> None:
    """Another library reads the same quads from each document, without fetching a context."""
    for path in things:
        data = rdflib.Dataset()
        data.parse(data=crawl.get(f"{path}.jsonld").data, format="json-ld")
        again = data.serialize(format="nquads")
        assert set(parse(again, RdfFormat.N_QUADS)) == set(crawl.quads(path, JSON_LD)), path


def test_links_resolve(crawl: Crawl, all_paths: dict[str, set[str]], things: list[str]) -> None:
    """Each link of a thing and of its documents to this site has a target."""
    addresses = {f"{path}.{format.extension}" for path in all_paths for format in DOCUMENTS}
    for path in things:
        for address in (path, f"{path}.html", f"{path}.ttl"):
            for link in crawl.links(address):
                target = link.target.removeprefix(BASE[:-1]).partition("#")[0]
                assert not target.startswith("/") or target in addresses | all_paths.keys(), (address, link)


def test_links_are_complete(crawl: Crawl, things: list[str]) -> None:
    """They have the other formats, the licence, the thing and its types, and the canonical address."""
    for path in things:
        thing = f"{BASE}{path[1:]}"
        links = crawl.links(f"{path}.html")
        assert {(link.target, link.type) for link in links if link.relation == "alternate"} == {
            (f"{path}.{format.extension}", format.media_type) for format in RDF_FORMATS
        }
        assert [link.target for link in links if link.relation == "describes"] == [thing]
        assert [link.target for link in links if link.relation == "canonical"] == [f"{thing}.html"]
        assert {link.target for link in links if link.relation == "license"} <= LICENCES
        assert {link.anchor for link in links if link.relation == "type"} <= {thing}
        assert [link.target for link in crawl.links(path) if link.relation == "describedby"] == [f"{path}.ttl"]
        assert not [link for link in crawl.links(f"{path}.ttl") if link.relation == "describedby"]


@pytest.mark.parametrize("format", DOCUMENTS, ids=lambda format: str(format.extension))
def test_redirects_to_other_documents(crawl: Crawl, draw: Draw, format: Format) -> None:
    """They lead to a document in the requested format, on this host."""
    for iri in {f"{BASE}dataset", *draw(REDIRECTS)}:
        response = crawl.get(f"/{iri.removeprefix(BASE)}", format.media_types[0])
        assert response.status_code == 303
        there = crawl.follow(response.location or "", format.media_types[0])
        assert (there.status_code, there.mimetype) == (200, format.media_types[0]), iri
