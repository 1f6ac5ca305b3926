"""Typed links: from any page about the dataset to its files, its records and its APIs."""

import json

import pytest

from iqgraph.catalogue.publication import CC0
from iqgraph.terms import BASE
from visits import Visits
from weblinks import WebLink, read

MAX_HEADER_BYTES = 4096  # what nginx takes from a server without further settings
HOST = "http://localhost"
DATA = ("/", "/dataset", "/catalog", "/catalog.html", "/catalog.ttl")
LINK_SET = "application/linkset+json"
VERSION = ("/version/0.1.0/", "/version/0.1.0.ttl")


def links_of(visits: Visits, path: str) -> list[WebLink]:
    """The links in the headers of an answer."""
    return read(", ".join(visits.get(path, "text/html").headers.getlist("Link")))


@pytest.mark.parametrize("path", DATA)
def test_the_data(visits: Visits, path: str) -> None:
    """Its persistent IRI, type, author and licence; each record and each file, with its media type."""
    links = links_of(visits, path)
    targets = {link.relation: link.target for link in links}

    assert targets["cite-as"] == f"{BASE}dataset"
    assert targets["license"] == CC0.address
    assert targets["author"] == f"{BASE}catalog#creator"
    assert WebLink("https://schema.org/Dataset", "type") in links
    assert WebLink(f"{HOST}/catalog.ttl", "describedby", "text/turtle") in links
    assert WebLink(f"{HOST}/download/iq-hessen.ttl", "item", "text/turtle") in links
    assert not any(link.target.endswith((".gz", ".zst")) for link in links)  # a compressed file is no other item
    assert WebLink(f"{HOST}/linkset", "linkset", LINK_SET) in links
    assert len([link for link in links if link.relation == "license"]) == 1
    assert sum(map(len, visits.get(path, "text/html").headers.getlist("Link"))) < MAX_HEADER_BYTES


@pytest.mark.parametrize("path", VERSION)
def test_a_release(visits: Visits, path: str) -> None:
    """The links of an older release are to its own files."""
    links = links_of(visits, path)

    assert WebLink(f"{BASE}version/0.1.0", "cite-as") in links
    assert WebLink(f"{HOST}/version/0.1.0/iq-hessen.nq", "item", "application/n-quads") in links
    assert visits.follow(f"{HOST}/version/0.1.0/iq-hessen.nq".removeprefix(HOST), "*/*").status_code == 200


@pytest.mark.parametrize("path", ["/id/involas", "/id/involas.html"])
def test_a_thing(visits: Visits, path: str) -> None:
    """It is cited by its IRI, not by the address of a page."""
    assert WebLink(f"{BASE}id/involas", "cite-as") in links_of(visits, path)


def test_the_link_set_has_the_links_of_the_headers(visits: Visits) -> None:
    """And links back from each record and file (RFC 9264)."""
    answer = visits.get("/linkset")
    contexts = {one["anchor"]: one for one in json.loads(answer.data)["linkset"]}
    head = {(link.relation, link.target) for link in links_of(visits, "/catalog") if "/linkset" not in link.target}
    pairs = {
        (name, link["href"])
        for name, links in contexts[f"{HOST}/catalog"].items()
        if name != "anchor"
        for link in links
    }

    assert answer.content_type == LINK_SET
    assert pairs == {pair for pair in head if pair[0] != "api-catalog"}
    assert contexts[f"{HOST}/download/iq-hessen.ttl"]["collection"][0]["href"] == f"{HOST}/catalog.html"
    assert contexts[f"{HOST}/catalog.ttl"]["describes"][0]["href"] == f"{HOST}/catalog.html"


def test_the_interfaces(visits: Visits) -> None:
    """At the address of RFC 9727, each with its description, documentation and status."""
    answer = visits.get("/.well-known/api-catalog")
    own, *each = json.loads(answer.data)["linkset"]

    assert answer.content_type == 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    assert WebLink(own["anchor"], "api-catalog", LINK_SET) in links_of(visits, "/.well-known/api-catalog")
    assert [one["href"] for one in own["item"]] == [one["anchor"] for one in each]
    assert {one["anchor"].removeprefix(HOST) for one in each} == {
        "/sparql",
        "/evidence",
        "/describe",
        "/reconcile",
        "/search",
        "/mcp",
    }
    for one in each:
        for relation in ("service-desc", "service-doc", "status"):
            (link,) = one[relation]
            there = visits.follow(link["href"].removeprefix(HOST), link["type"])
            assert (there.status_code, there.content_type.partition(";")[0]) == (200, link["type"])


def test_search_engines_get_schema_org(visits: Visits) -> None:
    """Requests for schema.org are redirected from the dataset to the catalogue in that vocabulary."""
    accept = "application/vnd.schemaorg.ld+json, application/ld+json"
    answer = visits.follow("/dataset", accept)

    assert {one["@type"] for one in json.loads(answer.data)["@graph"]} == {"DataCatalog", "Dataset"}
    assert visits.follow("/dataset", "application/ld+json, text/html;q=0.5").status_code == 200
    assert visits.follow("/dataset", "*/*").content_type.startswith("text/turtle")
