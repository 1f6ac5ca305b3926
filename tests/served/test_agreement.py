"""What pages and documents say of an answer is what the endpoint gives to anybody who asks."""

import json
import re
from hashlib import sha256
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode

from asking import ask, get
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV, JSON, XLSX
from iqgraph.reference.quality import table
from iqgraph.release.versions import Release, releases, restore
from iqgraph.resources import packaged, queries
from iqgraph.terms import BASE
from iqgraph.web.query.permalinks import pack

COUNT = "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }"
QUESTION = "who-coordinates-the-network"
CITED = [
    "SELECT ?s { ?s a <https://w3id.org/iq-hessen/ontology#Offer> } ORDER BY DESC(?s)",
    "ASK { ?s ?p 'ä & b' }",
    "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 20",
    "DESCRIBE <urn:none>",
]


@pytest.mark.parametrize("slug", queries("quality"))
def test_rows_of_the_quality_page(served: str, dataset: Dataset, slug: str) -> None:
    """The query that stands beside a table, asked by anybody."""
    one = table(dataset, queries("quality")[slug])
    answer = json.loads(get(served, "/sparql", query=one.query, format="json").body)
    rows = [
        {name: value.value for name, value in row.items() if isinstance(value, NamedNode | Literal)} for row in one.rows
    ]

    assert rows
    assert answer["head"]["vars"] == list(one.names)
    assert [
        {name: bound["value"] for name, bound in bindings.items()} for bindings in answer["results"]["bindings"]
    ] == rows


def test_the_published_query_can_be_asked(served: str) -> None:
    """As it stands in the document of a question."""
    document = json.loads(get(served, f"/query/{QUESTION}.jsonld").body)

    assert get(served, "/sparql", query=document["select"], format="csv").text.splitlines()[1] == "involas,2013"


@pytest.mark.parametrize("query", CITED, ids=lambda query: str(query.split()[0]))
def test_the_hash_of_an_answer_can_be_checked(served: str, query: str) -> None:
    """The address that the citation gives, asked again and sorted, has the hash that it gives."""
    entry = get(served, "/cite.bib", query=query).text
    url = re.search(r"url = \{(.*)\}", entry)
    assert url
    parts = urlsplit(url[1])
    form = "nt" if query.startswith(("CONSTRUCT", "DESCRIBE")) else "tsv"
    lines = get(served, f"{parts.path}?{parts.query}&format={form}").body.removesuffix(b"\n").split(b"\n")
    digest = sha256(b"".join(line + b"\n" for line in sorted(lines))).hexdigest()

    assert f"answer sha256:{digest}" in entry


@pytest.mark.parametrize("code", [QUESTION, pack("SELECT * { VALUES ?n { 1 } }")])
@pytest.mark.parametrize(
    ("name", "media_type"), [("csv", "text/csv"), ("json", JSON.media_type), ("xlsx", XLSX.media_type)]
)
def test_a_format_is_handed_on(served: str, code: str, name: str, media_type: str) -> None:
    """The short address is, with a format, that of the answer in this format, whatever the client accepts."""
    reply = get(served, f"/q/{code}", format=name)

    assert (reply.status, reply.headers.get_content_type()) == (200, media_type)


def test_graphs_are_handed_on(served: str) -> None:
    """An answer from some graphs stays one wherever its page leads, and can be asked of all graphs."""
    given = {"query": COUNT, "default-graph-uri": [f"{BASE}graph/meta", f"{BASE}graph/derived"]}
    page = get(served, "/sparql", "text/html", **given).text
    rows = get(served, "/sparql", "text/csv", **given).body
    links = [
        unescape(one) for one in re.findall(r'(?:href|data-answer)="(/[^"]*format=csv(?:&[^"]*)?|/q/~[^"]*)"', page)
    ]

    assert len(links) == 2
    assert [get(served, link, "text/csv").body for link in links] == [rows, rows]
    for beginning in ('data-answer="', 'data-chart="', 'href="/cite?query'):
        assert unescape(page).partition(beginning)[2].partition('"')[0].count("default-graph-uri=") == 2
    assert page.count('<input type="hidden" name="default-graph-uri"') == 2
    assert f'<a href="/sparql?{urlencode({"query": COUNT})}">Query all graphs' in page


def test_addresses_that_programs_are_given(served: str) -> None:
    """Each question on the list to which they are led gives CSV at an address like the one that they are shown."""
    (shown, ending) = re.findall(rf"{re.escape(served)}(/q/[\w-]+)(\?format=csv)", get(served, "/llms.txt").text)[0]
    listed = set(re.findall(r'href="(/q/[\w-]+)"', get(served, "/q/", "text/html").text))
    replies = {address: get(served, address + ending) for address in listed}

    assert shown in listed
    assert len(listed) >= 200
    assert [
        address
        for address, reply in replies.items()
        if (reply.status, reply.headers.get_content_type()) != (200, "text/csv") or not reply.body.strip()
    ] == []


@pytest.mark.parametrize("kept", releases(packaged()), ids=lambda kept: str(kept.version))
def test_each_release_is_asked_as_the_current_state_is(served: str, kept: Release) -> None:
    """By GET and by POST, with the rows that it has; its things have their documents."""
    expected = Embedded(restore(kept).store).answer(Query(COUNT), CSV)
    path = f"/version/{kept.version}"
    posted = ask(f"{served}{path}/sparql", body=urlencode({"query": COUNT, "format": "csv"}).encode())

    assert get(served, f"{path}/sparql", query=COUNT, format="csv").body == posted.body == expected
    assert f"{BASE}id/involas" in get(served, f"{path}/id/involas.nt").text


@pytest.mark.parametrize(
    ("query", "parameters", "status"),
    [
        ("ASK {}", {"format": "xlsx"}, 200),
        ("ASK {}", {"format": "ods"}, 406),
        ("ASK {}", {"format": "parquet"}, 406),
        ("ASK {}", {"format": "svg"}, 406),
        ("ASK {}", {"format": "whatever"}, 200),
        ("CONSTRUCT WHERE { ?s a ?o }", {"format": "xlsx"}, 406),
    ],
    ids=str,
)
def test_a_wish_is_fulfilled_or_refused(served: str, query: str, parameters: dict[str, str], status: int) -> None:
    """A format that there is not is never answered with another one; what means no format is no wish."""
    answer = get(served, "/sparql", query=query, **parameters)

    assert answer.status == status
    if status != 200:
        assert "text/" in json.loads(answer.body)["detail"] or "csv" in answer.text
