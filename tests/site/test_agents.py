"""What programs are told is true: every query runs, every address answers, every number is that of the server."""

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

MAX_BYTES = 12 << 10  # what a model reads before it asks anything; more than that is left unread


@pytest.fixture(scope="module")
def told(client: FlaskClient) -> str:
    """The text."""
    response = client.get("/llms.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    return response.text


def test_its_form(told: str) -> None:
    """A heading, a summary, and sections, as /llms.txt files have them."""
    sections = re.findall(r"^## (.+)$", told, re.MULTILINE)

    assert told.startswith("# IQ Hessen Knowledge Graph\n\n> ")
    assert len(told.encode()) <= MAX_BYTES
    assert sections == [
        *("Ask", "Structure of the data", "Prefixes", "Classes", "Properties"),
        *("Examples", "Errors", "Addresses"),
    ]


def test_every_query_runs(told: str, dataset: Dataset) -> None:
    """As it stands, and finds something."""
    queries = [block for block in re.findall(r"```sparql\n(.*?)```", told, re.DOTALL) if "SELECT" in block]

    assert len(queries) == 3
    for query in queries:
        assert len(Embedded(dataset.store).answer(Query(query), CSV).splitlines()) > 1, query


def test_things_can_be_looked_up(told: str, client: FlaskClient) -> None:
    """At the address that it gives, without a query."""
    found = re.search(r"^http://localhost(/search\S+)$", told, re.MULTILINE)

    assert found
    assert json.loads(client.get(found[1]).data)["things"]["count"]


def test_classes_stand_kind_by_kind(told: str) -> None:
    """Those of what readers ask for come before those that are inside of all data."""
    listed = told.partition("## Classes")[2].partition("## Properties")[0]
    places = [
        listed.index(f"- {name} (") for name in ("org:Organization", "iq:Offer", "iq:RoleAssignment", "iq:Passage")
    ]

    assert places == sorted(places)
    assert places[-1] < listed.index("- spdx:Checksum (")


def test_limits_are_those_of_the_engine(letter: Dataset) -> None:
    """Not those of the documentation; where there are none, nothing is said of them."""
    engine = Embedded(letter.store)
    object.__setattr__(engine, "limits", Settings(timeout=7))
    text = create_app(letter, engine=engine).test_client().get("/llms.txt").text

    assert "## Limits\n\n- 7 seconds and 512 MiB a query" in text


def test_what_it_says_of_the_shape_holds(told: str, dataset: Dataset) -> None:
    """The properties of its rules are used, and years are years."""
    for name in set(re.findall(r"`[^`]*?(iq:\w+)", told.partition("## Prefixes")[0])):
        assert f"- {name} (" in told or name == "iq:agsCode", name
    starts = {
        quad.object.datatype
        for quad in dataset.store.quads_for_pattern(None, DCAT.startDate, None, UNION)
        if isinstance(quad.object, Literal)
    }

    assert XSD.gYear in starts


def test_somebodys_files(tmp_path: Path) -> None:
    """Their text has their classes and nothing of ours."""
    text = site_of(tmp_path, "@prefix ex: <http://a.example/> . ex:anna a ex:Person .").get("/llms.txt").text

    assert text.startswith("# a.ttl\n")
    assert "- ex:Person (1)" in text
    assert "iq:" not in text
