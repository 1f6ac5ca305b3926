"""Our IRIs on the web: a way to the best document, vocabularies as page and data, and addresses of old."""

import pytest
from flask.testing import FlaskClient

from iqgraph.terms import BASE


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_vocabularies(client: FlaskClient, name: str) -> None:
    """Page or RDF at one address, and each at its own."""
    page = client.get(f"/{name}", headers={"Accept": "text/html"})
    turtle = client.get(f"/{name}")

    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Content-Location"] == f"/{name}.html"
    assert turtle.headers["Content-Location"] == f"/{name}.ttl"
    assert "Accept" in turtle.headers["Vary"]
    assert turtle.data == client.get(f"/{name}.ttl").data == client.get(f"/download/{name}.ttl").data
    assert client.get(f"/{name}.xyz").status_code == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("graph/official/netzwerk-iq", "graph/source/netzwerk-iq"),
        ("id/feg-networking-task", "id/feg-networking"),
        ("id/moab-renaming", "id/moab-transformation"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".html", ".ttl?lang=de"])
def test_old_address(client: FlaskClient, old: str, new: str, ending: str) -> None:
    """It leads to the new one for good, in every form, and there is something."""
    response = client.get(f"/{old}{ending}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/{new}{ending}"
    assert client.get(f"/{new}{ending}").status_code in (200, 303)


def test_old_address_of_nothing(client: FlaskClient) -> None:
    """It leads nowhere."""
    assert client.get("/graph/official/nothing").status_code == 404


def test_old_iri_is_described(client: FlaskClient) -> None:
    """Whoever has the old IRI in a file gets the same document as by the new one."""
    old, new = (client.get(f"/describe.nt?uri={BASE}graph/{name}/netzwerk-iq") for name in ("official", "source"))

    assert (old.status_code, old.data) == (200, new.data)


def test_concept_that_went_says_what_came(client: FlaskClient) -> None:
    """It is still described, as deprecated."""
    assert b"other-source" in client.get("/concept/official.nt").data
