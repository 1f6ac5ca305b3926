"""Evidence over HTTP: links from each answer, versions and limits."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from asking import ask, get

QUERY = "PREFIX iq: <https://w3id.org/iq-hessen/ontology#> SELECT ?who { ?what iq:coordinatedBy ?who } ORDER BY ?who"
REL = 'rel="http://www.w3.org/ns/prov#has_provenance"'
CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } LIMIT 1"


def target(link: str) -> str:
    """The target of a Link header with this relation, or an empty text."""
    return next((one.partition(">")[0].strip(" <") for one in link.split(", <") if REL in one), "")


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+json", "text/html"])
def test_every_answer_leads_to_its_evidence(server_url: str, accept: str) -> None:
    """Answers in each format have a Link to their evidence."""
    path = target(get(server_url, "/sparql", accept, query=QUERY).headers["Link"])
    evidence = json.loads(get(server_url, path, "application/json").body)

    assert parse_qs(urlsplit(path).query) == {"query": [QUERY]}
    assert evidence["query"] == QUERY
    assert all(row["witnesses"] for row in evidence["rows"])
    assert evidence["version"]


@pytest.mark.parametrize("path", ["/sparql", "/evidence"])
def test_a_version(server_url: str, path: str) -> None:
    """An answer is of the version that is asked for, or there is none."""
    old, unknown = (get(server_url, path, "application/json", query=QUERY, version=one) for one in ("0.1.0", "9.9.9"))

    assert (old.status, old.headers["Dataset-Version"]) == (200, "0.1.0")
    assert unknown.status == 404


def test_post(server_url: str) -> None:
    """Evidence can be requested with a form, like a query."""
    reply = ask(f"{server_url}/evidence", body=b"query=ASK%20%7B%7D&row=0", headers={"Accept": "*/*"})

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
def test_what_has_no_evidence(server_url: str, query: str, status: int, kind: str) -> None:
    """The problem is the same as for a query."""
    reply = get(server_url, "/evidence", "application/json", query=query, timeout="1s")

    assert reply.status == status
    assert json.loads(reply.body)["type"].endswith(f"/problem/{kind}")
