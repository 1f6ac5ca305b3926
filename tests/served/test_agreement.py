"""Answers on pages and in documents agree with those of the endpoint."""

import json
import re
from hashlib import sha256
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode

from asking import get
from iqgraph.dataset import Dataset
from iqgraph.resources import queries
from iqgraph.terms import BASE
from iqgraph.web.quality import tabulate

COUNT = "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }"
QUESTION = "who-coordinates-the-network"
CITED = [
    "SELECT ?s { ?s a <https://w3id.org/iq-hessen/ontology#Offer> } ORDER BY DESC(?s)",
    "ASK { ?s ?p 'ä & b' }",
    "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 20",
    "DESCRIBE <urn:none>",
]


@pytest.mark.parametrize("slug", queries("quality"))
def test_rows_of_the_quality_page(server_url: str, dataset: Dataset, slug: str) -> None:
    """The query beside a table gives the rows of the table."""
    one = tabulate(dataset, queries("quality")[slug])
    answer = json.loads(get(server_url, "/sparql", query=one.query, format="json").body)
    rows = [
        {name: value.value for name, value in row.items() if isinstance(value, NamedNode | Literal)} for row in one.rows
    ]

    assert rows
    assert answer["head"]["vars"] == list(one.names)
    assert [
        {name: bound["value"] for name, bound in bindings.items()} for bindings in answer["results"]["bindings"]
    ] == rows


def test_the_query_in_a_document_runs(server_url: str) -> None:
    """The query in the document of a question runs unchanged."""
    document = json.loads(get(server_url, f"/query/{QUESTION}.jsonld").body)

    assert get(server_url, "/sparql", query=document["select"], format="csv").text.splitlines()[1] == "involas,2013"


@pytest.mark.parametrize("query", CITED, ids=lambda query: str(query.split()[0]))
def test_the_hash_of_an_answer_can_be_checked(server_url: str, query: str) -> None:
    """The sorted lines of the answer at the cited address have the cited hash."""
    entry = get(server_url, "/cite.bib", query=query).text
    url = re.search(r"url = \{(.*)\}", entry)
    assert url
    parts = urlsplit(url[1])
    format = "nt" if query.startswith(("CONSTRUCT", "DESCRIBE")) else "tsv"
    lines = get(server_url, f"{parts.path}?{parts.query}&format={format}").body.removesuffix(b"\n").split(b"\n")
    digest = sha256(b"".join(line + b"\n" for line in sorted(lines))).hexdigest()

    assert f"answer sha256:{digest}" in entry


def test_links_of_an_answer_keep_its_graphs(server_url: str) -> None:
    """The links on the page of an answer keep its default graphs, and one queries all graphs."""
    parameters = {"query": COUNT, "default-graph-uri": [f"{BASE}graph/meta", f"{BASE}graph/derived"]}
    page = get(server_url, "/sparql", "text/html", **parameters).text
    rows = get(server_url, "/sparql", "text/csv", **parameters).body
    links = [
        unescape(one) for one in re.findall(r'(?:href|data-answer)="(/[^"]*format=csv(?:&[^"]*)?|/q/~[^"]*)"', page)
    ]

    assert len(links) == 2
    assert [get(server_url, link, "text/csv").body for link in links] == [rows, rows]
    for beginning in ('data-answer="', 'data-chart="', 'href="/cite?query'):
        assert unescape(page).partition(beginning)[2].partition('"')[0].count("default-graph-uri=") == 2
    assert page.count('<input type="hidden" name="default-graph-uri"') == 2
    assert f'<a href="/sparql?{urlencode({"query": COUNT})}">Query all graphs' in page


def test_addresses_in_llms_txt(server_url: str) -> None:
    """Each question in the list gives CSV at an address like the example in /llms.txt."""
    (example, ending) = re.findall(
        rf"{re.escape(server_url)}(/q/[\w-]+)(\?format=csv)", get(server_url, "/llms.txt").text
    )[0]
    addresses = set(re.findall(r'href="(/q/[\w-]+)"', get(server_url, "/q/", "text/html").text))
    replies = {address: get(server_url, address + ending) for address in addresses}

    assert example in addresses
    assert len(addresses) >= 200
    assert [
        address
        for address, reply in replies.items()
        if (reply.status, reply.headers.get_content_type()) != (200, "text/csv") or not reply.body.strip()
    ] == []
