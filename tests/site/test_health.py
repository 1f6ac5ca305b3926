"""Whether the service runs and is ready, and why it is not."""

import json

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, State
from iqgraph.web import create_app
from iqgraph.web.monitoring.health import STOPPING


def client(dataset: Dataset, *states: State) -> FlaskClient:
    """A client of a site with such engines elsewhere."""

    class Elsewhere(Embedded):
        def states(self) -> tuple[State, ...]:
            return states

    return create_app(dataset, engine=Elsewhere(dataset.store)).test_client()


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_never_kept(dataset: Dataset, path: str) -> None:
    """What holds now is not told later."""
    response = client(dataset).get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"


def test_one_engine_is_enough(dataset: Dataset) -> None:
    """The others may come back."""
    states = State(1, up=False, why="no answer"), State(2, up=True)

    assert client(dataset, *states).get("/ready").status_code == 200


def test_no_engine(dataset: Dataset) -> None:
    """Each says why; the process itself is up all the same."""
    site = client(dataset, State(1, up=False, why="no answer."), State(2, up=False, why="another version."))
    response = site.get("/ready")

    told = json.loads(response.data)
    assert (response.status_code, told["status"]) == (503, "not ready")
    assert told["reasons"] == [
        "Engine 1 is out of service: no answer.",
        "Engine 2 is out of service: another version.",
    ]
    assert site.get("/health").status_code == 200


def test_stopping(dataset: Dataset) -> None:
    """Whoever sends requests here should send them elsewhere."""
    site = client(dataset)
    site.application.extensions[STOPPING] = True
    response = site.get("/ready")

    assert (response.status_code, json.loads(response.data)["reasons"]) == (503, ["The service is being stopped."])
