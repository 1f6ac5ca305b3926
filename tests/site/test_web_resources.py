"""Our IRIs on the web: vocabularies as page and data, and redirects from old addresses."""

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
    """It redirects permanently to the new one, in every format."""
    response = client.get(f"/{old}{ending}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/{new}{ending}"
    assert client.get(f"/{new}{ending}").status_code in (200, 303)


def test_old_address_of_nothing(client: FlaskClient) -> None:
    """It is not found."""
    assert client.get("/graph/official/nothing").status_code == 404


def test_an_old_iri_has_the_document_of_the_new_one(client: FlaskClient) -> None:
    """Files of others may have the old IRI."""
    old, new = (client.get(f"/describe.nt?uri={BASE}graph/{name}/netzwerk-iq") for name in ("official", "source"))

    assert (old.status_code, old.data) == (200, new.data)


def test_a_deprecated_concept_names_its_successor(client: FlaskClient) -> None:
    """It still has a document."""
    assert b"other-source" in client.get("/concept/official.nt").data
