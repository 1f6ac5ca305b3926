"""The nanopublications: well-formed by the guidelines, true to the passage graphs, under IRIs that hold their hash."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from iqgraph.dataset import Dataset, load, load_plain
from iqgraph.release.nanopubs import FILE, NANOPUB, NP, Graphs, artifact_code, nanopubs, pieces, render
from iqgraph.resources import Sources
from iqgraph.terms import DCTERMS, IQ, OA, PROV, RDF, SPDX, passage_iri
from iqgraph.web import create_app
from tiny import change, put

PARTS = (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> list[Quad]:
    """All nanopublications, written and read."""
    return list(parse(render(dataset), RdfFormat.TRIG))


@pytest.fixture(scope="module")
def held(quads: list[Quad]) -> dict[str, Graphs]:
    """The same, one by one."""
    return pieces(quads)


def statements(graphs: Graphs) -> list[Quad]:
    """The statements of one nanopublication."""
    return [Quad(t.subject, t.predicate, t.object, name) for name, triples in graphs for t in triples]


def part(graphs: Graphs, name: str) -> list[Quad]:
    """The statements of one of its graphs."""
    return [quad for quad in statements(graphs) if str(quad.graph_name).endswith(f"#{name}>")]


def faults(quads: list[Quad]) -> list[str]:
    """What keeps statements from being a well-formed nanopublication, by the guidelines of nanopub.net."""
    typed = [quad for quad in quads if quad.predicate == RDF.type and quad.object == NP.Nanopublication]
    if len(typed) != 1:
        return ["not one nanopublication"]
    this, head = typed[0].subject, typed[0].graph_name
    links = [[q.object for q in quads if (q.subject, q.predicate, q.graph_name) == (this, one, head)] for one in PARTS]
    if any(len(found) != 1 for found in links):
        return ["not one of each part"]
    assertion, provenance, information = (found[0] for found in links)
    graphs = [head, assertion, provenance, information]
    found = {quad.graph_name for quad in quads}
    about_assertion = [q for q in quads if q.graph_name == provenance and assertion in (q.subject, q.object)]
    about_this = [q for q in quads if q.graph_name == information and q.subject == this]
    checks = {
        "names not distinct": len({this, *graphs}) == 5,
        "a statement elsewhere": found <= set(graphs),
        "an empty part": found >= set(graphs),
        "provenance not of the assertion": bool(about_assertion),
        "information not of the nanopublication": bool(about_this),
    }
    return [fault for fault, well in checks.items() if not well]


def test_one_for_each_graph_of_a_passage(held: dict[str, Graphs], dataset: Dataset) -> None:
    """In the order of the passages, and with what the graph says."""
    graphs = [graph for graph in dataset.graphs() if re.search(r"/graph/[^/]+/S\d\d$", getattr(graph, "value", ""))]
    assertions = [{quad.triple for quad in part(graphs, "assertion")} for graphs in held.values()]

    assert len(held) == len(graphs) >= 46
    assert assertions == [set(dataset.triples(graph)) for graph in graphs]


def test_all_are_well_formed(held: dict[str, Graphs]) -> None:
    """By every rule of the guidelines."""
    assert {code: found for code, graphs in held.items() if (found := faults(statements(graphs)))} == {}


def test_iris_hold_the_hash(held: dict[str, Graphs]) -> None:
    """Who has the statements can check the name; a change of one would be seen."""
    for code, graphs in held.items():
        lines = statements(graphs)
        assert artifact_code(lines, code) == code
        assert artifact_code(lines[1:], code) != code


def test_provenance_leads_to_the_passage(held: dict[str, Graphs]) -> None:
    """With position, checksum and document, so that a nanopublication needs nothing else."""
    passage = passage_iri("11-jahre-iq", "S24")
    (graphs,) = [one for one in held.values() if any(quad.subject == passage for quad in part(one, "provenance"))][:1]
    told = {(quad.subject, quad.predicate) for quad in part(graphs, "provenance")}
    selector, checksum = (NamedNode(f"{passage.value}#{name}") for name in ("selector", "checksum"))
    wanted = {(passage, OA.hasSource), (selector, OA.start), (selector, OA.end), (checksum, SPDX.checksumValue)}

    assert wanted <= told
    assert DCTERMS.source in {path for _, path in told}


def test_information_has_licence_and_origin(held: dict[str, Graphs], dataset: Dataset) -> None:
    """Each says under which licence it stands and which graph it was made from."""
    for code, graphs in held.items():
        about = [quad for quad in part(graphs, "pubinfo") if quad.subject == NANOPUB[code]]
        told = {quad.predicate: quad.object for quad in about}
        assert str(told[DCTERMS.license]) == "<https://creativecommons.org/publicdomain/zero/1.0/>"
        assert told[PROV.wasDerivedFrom] in dataset.graphs()


def test_contextual_statements_say_so(held: dict[str, Graphs], dataset: Dataset) -> None:
    """With which other passages to read them."""
    noted = {quad.triple for quad in dataset.store if quad.predicate == IQ.readWith}
    told = {q.triple for graphs in held.values() for q in part(graphs, "provenance") if q.predicate == IQ.readWith}

    assert told == noted


HEAD = """
PREFIX np: <http://www.nanopub.org/nschema#>
PREFIX : <x:n#>
:H { <x:n> a np:Nanopublication ; np:hasAssertion :A ; np:hasProvenance :P ; np:hasPublicationInfo :I }
:A { <x:a> <x:b> <x:c> }
:P { :A <x:b> <x:c> }
:I { <x:n> <x:b> <x:c> }
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", None),
        (":P { :A <x:b> <x:c> }", ":P { <x:a> <x:b> :A }", None),
        ("a np:Nanopublication ;", "", "not one nanopublication"),
        ("<x:n> a np", "<x:m> a np:Nanopublication . <x:n> a np", "not one nanopublication"),
        ("np:hasAssertion :A ;", "", "not one of each part"),
        ("np:hasAssertion :A ;", "np:hasAssertion :A, :B ;", "not one of each part"),
        ("np:hasProvenance :P", "np:hasProvenance :A", "names not distinct"),
        (":A { <x:a>", "<x:z> { <x:a> <x:b> <x:c> } :A { <x:a>", "a statement elsewhere"),
        (":A { <x:a>", "<x:a> <x:b> <x:c> . :A { <x:a>", "a statement elsewhere"),
        (":A { <x:a> <x:b> <x:c> }", "", "an empty part"),
        (":P { :A", ":P { <x:a>", "provenance not of the assertion"),
        (":I { <x:n>", ":I { <x:a>", "information not of the nanopublication"),
    ],
)
def test_the_rules_find_faults(old: str, new: str, fault: str | None) -> None:
    """The check of these tests can fail."""
    found = faults(list(parse(HEAD.replace(old, new), RdfFormat.TRIG)))

    assert (fault in found) if fault else not found


def test_iri_stays_while_a_passage_stays(sources: Sources, tmp_path: Path) -> None:
    """A change of one passage gives one new nanopublication."""
    before = {graphs[0][0] for graphs in nanopubs(load(sources=sources))}
    change(tmp_path, "data/letter/01-all.trig", "iq:singsIn id:choir", "iq:hears id:choir")
    after = {graphs[0][0] for graphs in nanopubs(load(sources=sources))}

    assert (len(before), len(after), len(before & after)) == (2, 2, 1)


def test_each_is_at_its_iri(client: FlaskClient, held: dict[str, Graphs]) -> None:
    """What comes from there is what the file holds."""
    for code, graphs in list(held.items())[:3]:
        for ending in ("", ".trig"):
            response = client.get(f"/np/{code}{ending}")
            assert response.content_type == "application/trig"
            assert set(parse(response.data, RdfFormat.TRIG)) == set(statements(graphs))


@pytest.mark.parametrize("code", ["RA", "S24", "RA" + "x" * 43, "%3Cb%3E"])
def test_no_other_is_there(client: FlaskClient, code: str) -> None:
    """The answer says where all are."""
    response = client.get(f"/np/{code}")

    assert response.status_code == 404
    assert FILE in response.text


def test_rdf_of_anybody_has_none(tmp_path: Path) -> None:
    """They need our model."""
    file = put(tmp_path, "a.nt", "<x:a> <x:b> <x:c> .\n")

    assert create_app(load_plain([file])).test_client().get("/np/RA").status_code == 404
    assert list(nanopubs(load_plain([file]))) == []
