"""The pages of ontology and shapes: complete, in both languages, with working links."""

import re
from collections.abc import Callable
from functools import cache
from html import unescape
from xml.etree.ElementTree import fromstring

import pytest

from iqgraph.dataset import Dataset
from iqgraph.reference.reference import OntologyTerm, Reference
from iqgraph.resources import evidence_rules, packaged
from iqgraph.terms import CONCEPT, IQ, ONTOLOGY, OWL, RDF, RDFS, SKOS
from iqgraph.validation.shapes import read_shapes
from visits import Visits

BROWSER = {"Accept": "text/html"}
PAGES = ["/ontology", "/shapes", "/quality"]


@pytest.fixture(scope="module")
def about(dataset: Dataset) -> Reference:
    """The ontology of the project."""
    return Reference(dataset)


@pytest.fixture(scope="module")
def page_text(visits: Visits) -> Callable[..., str]:
    """A page as text."""
    return cache(lambda path, lang="en": unescape(visits.page(path, lang).text))


def parts_of(page_text: Callable[..., str]) -> list[str]:
    """The addresses of the parts of the ontology with terms."""
    links = re.findall(r'href="(/ontology[?]part=[^"&#]+)&', page_text("/ontology"))
    return [one for one in dict.fromkeys(links) if not one.endswith(("=names", "=reused"))]


def article(page: str, one: OntologyTerm) -> str:
    """The entry of a term on a page."""
    return page[page.index(f'id="{one.anchor}" class="entry"') :].partition("</article>")[0]


def test_all_terms(dataset: Dataset, about: Reference) -> None:
    """All that the ontology declares, with label, definition in both languages and an anchor of their own."""
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDFS.Datatype, SKOS.ConceptScheme, SKOS.Concept)
    nodes = {
        kind: {quad.subject for quad in dataset.store.quads_for_pattern(None, RDF.type, kind, ONTOLOGY)}
        for kind in kinds
    }
    anchors = [one.anchor for one in about.terms.values()]

    assert {kind: {one.node for one in about.of(kind)} for kind in kinds} == nodes
    assert all(nodes.values())
    assert len(set(anchors)) == len(anchors)
    assert all(text for one in about.terms.values() for text in (*one.label, *one.definition))


def test_the_anchor_is_the_local_name(about: Reference) -> None:
    """Only a scheme with the name of a property has a prefix."""
    assert about.terms[IQ.Offer].anchor == "Offer"
    assert about.terms[CONCEPT["event-kind"]].anchor == "event-kind"
    assert about.terms[IQ.theme].anchor == "theme"
    assert about.terms[CONCEPT.theme].anchor == "concept-theme"


def test_an_entry(dataset: Dataset, about: Reference) -> None:
    """Hierarchy, domain, range, inverse, alignments, shapes, rules and questions of some terms."""
    terms = about.terms

    assert IQ.InformationOffice in terms[IQ.Offer].narrower
    assert terms[IQ.InformationOffice].broader == (IQ.Offer,)
    assert terms[IQ.provides].inverse == (IQ.providedBy,)
    assert terms[IQ.providedBy].inverse == (IQ.provides,)
    assert IQ.Offer in terms[IQ.providedBy].domain
    usage = about.usage
    assert {one.name for one in usage(terms[IQ.roleHolder]).shapes} >= {"RoleAssignment-roleHolder", "RoleAssignment"}
    assert "coordinated-by" in {rule.slug for rule in usage(terms[IQ.coordinatedBy]).rules}
    assert "who-coordinates-the-network" in {one.slug for one in usage(terms[IQ.CoordinationRole]).questions}
    assert {str(t.predicate) for t in terms[IQ.FundingProgramme].alignments} >= {
        str(RDFS.subClassOf),
        str(SKOS.closeMatch),
    }
    assert about.members(terms[CONCEPT.vagueness])
    assert {one.node for one in about.of(OWL.Class)} == {
        t.subject for t in dataset.triples(ONTOLOGY) if t.predicate == RDF.type and t.object == OWL.Class
    }


def test_reused_terms_are_used(about: Reference) -> None:
    """Terms of other vocabularies are listed only if they are used."""
    assert {one.node.value for one in about.reused if not one.uses} == set()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_page_of_the_ontology(page_text: Callable[..., str], lang: str, about: Reference) -> None:
    """Each term once, with its definition in the reader's language and a link to its entry."""
    page = page_text("/ontology", lang)
    parts = parts_of(page_text)

    for one in about.terms.values():
        entry = page[page.index(f'id="{one.anchor}"') :].partition("</li>")[0]
        assert one.definition.say(lang) in entry, one.anchor
        assert [part for part in parts if f"{part}&lang={lang}#{one.anchor}" in entry], one.anchor
    assert about.version_iri in page
    assert 'rel="license"' in page


@pytest.mark.sample(1)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_parts_of_the_ontology(page_text: Callable[..., str], lang: str, about: Reference) -> None:
    """Each term is in one part with labels and definitions, the reader's first, and its number of uses."""
    pages = [page_text(part, lang) for part in parts_of(page_text)]

    for one in about.terms.values():
        (part,) = [article(page, one) for page in pages if f'id="{one.anchor}" class="entry"' in page]
        own, other = one.definition.say(lang), one.definition.say("de" if lang == "en" else "en")
        assert 0 < part.index(own) < part.index(f'lang="{"de" if lang == "en" else "en"}"') < part.rindex(other), (
            one.anchor
        )
        assert all(label in part for label in one.label), one.anchor
        assert f", {about.usage(one).uses} " in part, one.anchor


def test_a_part_that_does_not_exist(visits: Visits) -> None:
    """The page lists the existing parts."""
    response = visits.get("/ontology?part=weather", "text/html")

    assert response.status_code == 404
    assert "weather" in response.text
    assert "roles" in response.text


def test_examples_name_their_passage(page_text: Callable[..., str], about: Reference) -> None:
    """The example of a term links to the thing and to the passage."""
    part = article(page_text("/ontology?part=roles"), about.terms[IQ.roleHolder])

    assert 'href="/id/coordination' in part
    assert 'href="/passage/11-jahre-iq/S02' in part


@pytest.mark.parametrize("lang", ["de", "en"])
def test_pictures(visits: Visits, lang: str) -> None:
    """Each is well-formed, has a label, and has a list with the same content."""
    pages = [visits.page(f"/ontology?part={slug}", lang).text for slug in ("roles", "events", "text")]
    pictures = [svg for page in pages for svg in re.findall(r'<svg class="drawing".*?</svg>\n<', page, re.DOTALL)]

    assert len(pictures) == sum(page.count('<div class="relations">') for page in pages) == len(pages)
    for picture in pictures:
        root = fromstring(picture.removesuffix("\n<"))  # noqa: S314 - our own page
        assert root.attrib["role"] == "group"
        assert root.attrib["aria-label"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_page_of_the_shapes(page_text: Callable[..., str], lang: str) -> None:
    """Each shape once, with its message and its SHACL, links to other shapes, and each evidence rule."""
    page = page_text("/shapes", lang)
    shapes = read_shapes(packaged())

    for shape in shapes.values():
        assert page.count(f'id="{shape.name}"') == 1, shape.name
        assert not shape.message or getattr(shape.message, lang) in page
    for rule in evidence_rules(packaged()):
        assert f'id="{rule.slug}"' in page
        assert rule.text.say(lang) in page
    assert 'sh:path iq:roleIn; sh:minCount 1; sh:node <a href="#RoleContext">shapes:RoleContext</a>' in page
    assert '<a href="#HeldRole">shapes:HeldRole</a>' in page


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", [*PAGES, "/ontology?part=roles", "/ontology?part=reused"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_links(visits: Visits, path: str, lang: str) -> None:
    """Every link to this site has an answer, and every anchor exists on its page."""
    page = visits.page(path, lang).text
    addresses = {unescape(address) for address in re.findall(r'href="([/#][^"]*)"', page)}
    inside = [address.partition("#") for address in sorted(addresses) if "#" in address]
    goals = [(address or path, anchor) for address, _, anchor in inside if (address or path).startswith(tuple(PAGES))]
    anchors = {address: set(re.findall(r'\sid="([^"]+)"', visits.page(address, lang).text)) for address in dict(goals)}

    assert goals
    assert [(name, anchor) for name, anchor in goals if anchor not in anchors[name]] == []
    assert [one for one in addresses if not one.startswith(("#", "/sparql")) and visits.is_broken(one)] == []


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique(page_text: Callable[..., str], path: str) -> None:
    """Each anchor is in one place."""
    ids = re.findall(r'\sid="([^"]+)"', page_text(path))

    assert sorted(ids) == sorted(set(ids))
