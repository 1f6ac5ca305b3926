"""The text for agents is correct: its queries run, its addresses answer, its numbers are those of the server."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal

from iqgraph.dataset import UNION, Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.settings import Settings
from iqgraph.terms import DCAT, XSD
from iqgraph.web import create_app
from visits import site_of

MAX_BYTES = 12 << 10  # as much as a model reads before its first question


@pytest.fixture(scope="module")
def guide(client: FlaskClient) -> str:
    """The text of /llms.txt."""
    response = client.get("/llms.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    return response.text


def test_its_form(guide: str) -> None:
    """A heading, a summary, and sections, as /llms.txt files have them."""
    sections = re.findall(r"^## (.+)$", guide, re.MULTILINE)

    assert guide.startswith("# IQ Hessen Knowledge Graph\n\n> ")
    assert len(guide.encode()) <= MAX_BYTES
    assert sections == [
        *("Ask", "Structure of the data", "Prefixes", "Classes", "Properties"),
        *("Examples", "Errors", "Addresses"),
    ]


def test_every_query_runs(guide: str, dataset: Dataset) -> None:
    """Unchanged, with an answer."""
    queries = [block for block in re.findall(r"```sparql\n(.*?)```", guide, re.DOTALL) if "SELECT" in block]

    assert len(queries) == 3
    for query in queries:
        assert len(Embedded(dataset.store).answer(Query(query), CSV).splitlines()) > 1, query


def test_things_can_be_looked_up(guide: str, client: FlaskClient) -> None:
    """At the address in the text, without a query."""
    address = re.search(r"^http://localhost(/search\S+)$", guide, re.MULTILINE)

    assert address
    assert json.loads(client.get(address[1]).data)["things"]["count"]


def test_domain_classes_come_first(guide: str) -> None:
    """Domain classes come before technical ones."""
    classes = guide.partition("## Classes")[2].partition("## Properties")[0]
    places = [
        classes.index(f"- {name} (") for name in ("org:Organization", "iq:Offer", "iq:RoleAssignment", "iq:Passage")
    ]

    assert places == sorted(places)
    assert places[-1] < classes.index("- spdx:Checksum (")


def test_limits_are_those_of_the_engine(letter: Dataset) -> None:
    """The text has the limits of the running engine."""
    engine = Embedded(letter.store)
    object.__setattr__(engine, "limits", Settings(timeout=7))
    text = create_app(letter, engine=engine).test_client().get("/llms.txt").text

    assert "## Limits\n\n- 7 seconds and 512 MiB a query" in text


def test_what_it_says_of_the_shape_holds(guide: str, dataset: Dataset) -> None:
    """The properties in its rules are listed, and years are typed as such."""
    for name in set(re.findall(r"`[^`]*?(iq:\w+)", guide.partition("## Prefixes")[0])):
        assert f"- {name} (" in guide or name == "iq:agsCode", name
    starts = {
        quad.object.datatype
        for quad in dataset.store.quads_for_pattern(None, DCAT.startDate, None, UNION)
        if isinstance(quad.object, Literal)
    }

    assert XSD.gYear in starts


def test_other_files(tmp_path: Path) -> None:
    """The text has their classes and none of ours."""
    text = site_of(tmp_path, "@prefix ex: <http://a.example/> . ex:anna a ex:Person .").get("/llms.txt").text

    assert text.startswith("# a.ttl\n")
    assert "- ex:Person (1)" in text
    assert "iq:" not in text
