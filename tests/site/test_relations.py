"""Link headers: the links of a thing and of its documents."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iqgraph.catalogue.publication import CC0, CC_BY, Licence
from iqgraph.terms import BASE, IQ, SH, SKOS
from iqgraph.web.things.documents import MAX_TARGETS
from visits import site_of
from weblinks import WebLink, read

INVOLAS = f"{BASE}id/involas"
ARTICLE = "https://www.involas.com/news/details/11-jahre-iq-bei-involas-775.html"


@pytest.fixture
def others(tmp_path: Path) -> FlaskClient:
    """A site of a file with a thing of very many types."""
    types = ", ".join(f"<http://a.example/T{n}>" for n in range(MAX_TARGETS + 1))
    return site_of(tmp_path, f"<http://a.example/ä> a <http://a.example/T> . <http://a.example/b> a {types} .")


def links(client: FlaskClient, path: str, relation: str, accept: str = "*/*") -> list[WebLink]:
    """The links of an answer with a relation."""
    header = client.get(path, headers={"Accept": accept}).headers["Link"]
    return [link for link in read(header) if link.relation == relation]


def targets(client: FlaskClient, path: str, relation: str) -> list[str]:
    """The targets of the links with a relation."""
    return [link.target for link in links(client, path, relation)]


def test_head_has_the_same_links(client: FlaskClient) -> None:
    """HEAD has no body."""
    for path in ("/id/involas", "/id/involas.ttl"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.headers["Link"], head.data) == (get.status_code, get.headers["Link"], b"")


def test_the_type_is_that_of_the_thing(client: FlaskClient) -> None:
    """On a document the link has the thing as its anchor (RFC 6903, RFC 8288)."""
    organisation = "http://www.w3.org/ns/org#Organization"

    assert links(client, "/id/involas", "type") == [WebLink(organisation, "type")]
    assert links(client, "/id/involas.ttl", "type") == [WebLink(organisation, "type", anchor=INVOLAS)]


@pytest.mark.parametrize(
    ("path", "licence"),
    [
        ("/id/involas.ttl", CC0),
        ("/passage/11-jahre-iq/S24.html", CC0),
        ("/graph/11-jahre-iq/S24", CC0),
        ("/graph/ontology.ttl", CC_BY),
        ("/concept/explicit.ttl", CC_BY),
        ("/rule/coordinated-by.ttl", CC_BY),
        ("/query/who-coordinates-the-network.ttl", CC_BY),
        ("/ontology.ttl", CC_BY),
        ("/shapes", CC_BY),
        ("/context.jsonld", CC_BY),
    ],
)
def test_licence(client: FlaskClient, path: str, licence: Licence) -> None:
    """Data is CC0; ontology and rules are CC BY."""
    assert targets(client, path, "license") == [licence.address]


@pytest.mark.parametrize(
    ("path", "relation", "target"),
    [
        ("/concept/explicit", "collection", f"{BASE}concept/modality"),
        ("/passage/11-jahre-iq/S24", "up", f"{BASE}id/11-jahre-iq-section-4"),
        ("/passage/11-jahre-iq/S24", "via", ARTICLE),
        ("/graph/11-jahre-iq/S24", "via", f"{BASE}passage/11-jahre-iq/S24"),
        ("/graph/source/netzwerk-iq", "via", f"{BASE}id/source-netzwerk-iq"),
        ("/passage/11-jahre-iq/S24", "type", IQ.Passage.value),
        ("/concept/explicit", "type", SKOS.Concept.value),
        ("/query/who-coordinates-the-network", "type", SH.SPARQLSelectExecutable.value),
    ],
)
def test_where_a_thing_belongs(client: FlaskClient, path: str, relation: str, target: str) -> None:
    """The thing and its document link to its scheme, section and source."""
    assert target in targets(client, path, relation)
    assert WebLink(target, relation, anchor=BASE + path[1:]) in links(client, f"{path}.ttl", relation)


def test_nothing_is_claimed_of_other_files(others: FlaskClient) -> None:
    """No licence and no persistent address; IRIs become URIs for the header."""
    links_of_thing = read(others.get("/describe?uri=http://a.example/ä").headers["Link"])

    assert {link.relation for link in links_of_thing} == {"alternate", "describes", "type"}
    assert WebLink("http://a.example/T", "type", anchor="http://a.example/%C3%A4") in links_of_thing
    for link in links_of_thing:
        assert link.relation != "alternate" or others.get(link.target).content_type.startswith(link.type or "-")


def test_very_many_types_do_not_fill_the_header(others: FlaskClient) -> None:
    """They are only in the document."""
    assert targets(others, "/describe?uri=http://a.example/b", "describes") == ["http://a.example/b"]
    assert targets(others, "/describe?uri=http://a.example/b", "type") == []
