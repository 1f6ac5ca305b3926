"""Evidence as it is served: in a worker, within its limits, and on the way from each answer."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from asking import ask, get

QUERY = "PREFIX iq: <https://w3id.org/iq-hessen/ontology#> SELECT ?who { ?what iq:coordinatedBy ?who } ORDER BY ?who"
REL = 'rel="http://www.w3.org/ns/prov#has_provenance"'
CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } LIMIT 1"


def target(link: str) -> str:
    """Where a Link header leads, if it leads to evidence."""
    return next((one.partition(">")[0].strip(" <") for one in link.split(", <") if REL in one), "")


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+json", "text/html"])
def test_every_answer_leads_to_its_evidence(served: str, accept: str) -> None:
    """By a header, whatever the format."""
    path = target(get(served, "/sparql", accept, query=QUERY).headers["Link"])
    found = json.loads(get(served, path, "application/json").body)

    assert parse_qs(urlsplit(path).query) == {"query": [QUERY]}
    assert found["query"] == QUERY
    assert all(row["witnesses"] for row in found["rows"])
    assert found["version"]


@pytest.mark.parametrize("path", ["/sparql", "/evidence"])
def test_a_version(served: str, path: str) -> None:
    """An answer is of the version that is asked for, or there is none."""
    old, unknown = (get(served, path, "application/json", query=QUERY, version=one) for one in ("0.1.0", "9.9.9"))

    assert (old.status, old.headers["Dataset-Version"]) == (200, "0.1.0")
    assert unknown.status == 404


def test_posted(served: str) -> None:
    """As a form, like a query."""
    reply = ask(f"{served}/evidence", body=b"query=ASK%20%7B%7D&row=0", headers={"Accept": "*/*"})

    assert reply.headers["Content-Type"] == "application/json"
    assert json.loads(reply.body)["rows"][0]["witnesses"] == [
        {"graphs": [], "premises": [], "passages": [], "sources": []}
    ]


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("SELECT * {", 400, "query-syntax"),
        ("DESCRIBE <a:a>", 422, "not-explained"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 422, "not-explained"),
        ("DELETE WHERE { ?s ?p ?o }", 403, "read-only"),
        (CROSS, 422, "too-expensive"),
    ],
)
def test_what_has_no_evidence(served: str, query: str, status: int, kind: str) -> None:
    """It is told as for a query."""
    reply = get(served, "/evidence", "application/json", query=query, timeout="1s")

    assert reply.status == status
    assert json.loads(reply.body)["type"].endswith(f"/problem/{kind}")
