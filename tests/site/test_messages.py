"""Headers for caches: which answers may be stored, for how long, and their entity tags."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import load
from iqgraph.web import create_app
from iqgraph.web.http.messages import CACHEABLE, entity_tag
from tiny import history


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """The site of the tiny dataset."""
    return create_app(load(sources=history(tmp_path))).test_client()


@pytest.mark.parametrize("path", ["/", "/id/ben", "/id/ben.ttl", "/sparql", "/version/latest/"])
def test_answers_and_redirects_are_fresh_for_a_minute(client: FlaskClient, path: str) -> None:
    """Then they are revalidated; if the server fails, they may be used for a day."""
    response = client.get(path)

    assert response.status_code < 400
    assert response.headers["Cache-Control"] == CACHEABLE
    assert CACHEABLE == "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/nothing", "/id/nobody", "/sparql?query=ASK"])
def test_states_and_errors_are_never_stored(client: FlaskClient, path: str) -> None:
    """A cache would answer health checks with an old state."""
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_tag_names_type_bytes_and_data() -> None:
    """A change of any of the three changes the tag."""
    tags = {entity_tag(*one) for one in [("a", b"b", "c"), ("x", b"b", "c"), ("a", b"x", "c"), ("a", b"b", "x")]}

    assert len(tags) == 4
    assert entity_tag("a", b"b", "c") == entity_tag("a", b"b", "c")
