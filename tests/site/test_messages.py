"""Headers that caches act on: what may be kept, for how long, and how a kept answer is known again."""

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
def test_answers_and_redirects_may_be_kept_for_a_minute(client: FlaskClient, path: str) -> None:
    """Then they are asked for again; while nobody answers, they may be shown for a day."""
    response = client.get(path)

    assert response.status_code < 400
    assert response.headers["Cache-Control"] == CACHEABLE
    assert CACHEABLE == "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/nothing", "/id/nobody", "/sparql?query=ASK"])
def test_states_and_errors_are_never_kept(client: FlaskClient, path: str) -> None:
    """A check of health through a cache would be one of the past."""
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_tag_names_type_bytes_and_data() -> None:
    """Any of the three makes it another one."""
    tags = {entity_tag(*one) for one in [("a", b"b", "c"), ("x", b"b", "c"), ("a", b"x", "c"), ("a", b"b", "x")]}

    assert len(tags) == 4
    assert entity_tag("a", b"b", "c") == entity_tag("a", b"b", "c")
