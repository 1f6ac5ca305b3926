"""Health and readiness of the service, with the reasons."""

import json

from flask.testing import FlaskClient

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded
from iqgraph.engine.interface import EngineState
from iqgraph.web import create_app
from iqgraph.web.monitoring import STOPPING


def client(letter: Dataset, state: EngineState | None = None) -> FlaskClient:
    """A client of a site with an external engine in a state."""

    class Elsewhere(Embedded):
        def state(self) -> EngineState | None:
            return state

    return create_app(letter, engine=Elsewhere(letter.store)).test_client()


def test_an_external_engine_that_is_up(letter: Dataset) -> None:
    """The state of the engine is part of readiness."""
    response = client(letter, EngineState(up=True)).get("/ready")

    assert (response.status_code, json.loads(response.data)["engine"]) == (200, {"up": True})


def test_an_external_engine_that_is_down(letter: Dataset) -> None:
    """The service is not ready, with the reason; the process itself is up."""
    why = Text(de="Die Engine enthält keine Daten.", en="The engine holds no data.")
    site = client(letter, EngineState(up=False, why=why))
    response = site.get("/ready")
    german = site.get("/ready", headers={"Accept-Language": "de"})

    body = json.loads(response.data)
    assert (response.status_code, body["status"]) == (503, "not ready")
    assert body["reasons"] == [why.en]
    assert (json.loads(german.data)["reasons"], german.headers["Content-Language"]) == ([why.de], "de")
    assert site.get("/health").status_code == 200


def test_stopping(letter: Dataset) -> None:
    """A service that stops is not ready for requests."""
    site = client(letter)
    site.application.extensions[STOPPING] = True
    response = site.get("/ready")

    assert (response.status_code, json.loads(response.data)["reasons"]) == (503, ["The service is being stopped."])
