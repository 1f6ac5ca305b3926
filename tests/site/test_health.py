"""Whether the service runs and is ready, and why it is not."""

import json

from flask.testing import FlaskClient

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded
from iqgraph.engine.interface import State
from iqgraph.web import create_app
from iqgraph.web.monitoring import STOPPING


def client(letter: Dataset, state: State | None = None) -> FlaskClient:
    """A client of a site with such an engine elsewhere."""

    class Elsewhere(Embedded):
        def state(self) -> State | None:
            return state

    return create_app(letter, engine=Elsewhere(letter.store)).test_client()


def test_an_engine_elsewhere_that_is_well(letter: Dataset) -> None:
    """It is told that there is one."""
    response = client(letter, State(up=True)).get("/ready")

    assert (response.status_code, json.loads(response.data)["engine"]) == (200, {"up": True})


def test_an_engine_elsewhere_that_is_not(letter: Dataset) -> None:
    """It is told why; the process itself is up all the same."""
    why = Text(de="Die Engine enthält keine Daten.", en="The engine holds no data.")
    site = client(letter, State(up=False, why=why))
    response = site.get("/ready")
    german = site.get("/ready", headers={"Accept-Language": "de"})

    told = json.loads(response.data)
    assert (response.status_code, told["status"]) == (503, "not ready")
    assert told["reasons"] == [why.en]
    assert (json.loads(german.data)["reasons"], german.headers["Content-Language"]) == ([why.de], "de")
    assert site.get("/health").status_code == 200


def test_stopping(letter: Dataset) -> None:
    """Whoever sends requests here should send them elsewhere."""
    site = client(letter)
    site.application.extensions[STOPPING] = True
    response = site.get("/ready")

    assert (response.status_code, json.loads(response.data)["reasons"]) == (503, ["The service is being stopped."])
