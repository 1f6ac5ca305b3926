"""The site below a path: every link stays below that path."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from iqgraph.release.versions import releases
from iqgraph.resources import packaged
from visits import Draw, Visits

BASE_PATH = "/kg"
LINK = re.compile(r'(?:href|src|action|data-[a-z-]+)="(/[^"]*)"')
HEADERS = ("Location", "Content-Location")
ACCEPT = "text/html, */*;q=0.5"
VERSION = releases(packaged())[0].version
ENTRANCES = (
    "/",
    "/sparql",
    "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+3",
    "/explore",
    "/id/involas",
    "/id/involas.ttl",
    "/passage/11-jahre-iq/S24",
    "/ontology",
    "/shapes",
    "/quality",
    "/download/",
    "/catalog",
    "/cite",
    "/links",
    "/validation",
    "/.well-known/void",
    "/nothing",
    f"/version/{VERSION}/id/involas",
    f"/version/{VERSION}/download/",
)


@pytest.fixture(scope="module")
def below(client: FlaskClient) -> Visits:
    """The answers below the base path."""
    return Visits(client, BASE_PATH)


def links(response: TestResponse) -> set[str]:
    """The addresses on this site in an answer, unchanged."""
    addresses = set(re.findall(r"<(/[^>]*)>", response.headers.get("Link", "")))
    addresses |= {response.headers[name] for name in HEADERS if response.headers.get(name, "").startswith("/")}
    if response.headers.get("Content-Type", "").startswith("text/html"):
        addresses |= set(LINK.findall(response.get_data(as_text=True)))
    return {link.replace("&amp;", "&") for link in addresses if not link.startswith("//")}


@pytest.mark.sample(4)
@pytest.mark.parametrize("path", ENTRANCES)
def test_every_link_is_below_the_path(below: Visits, path: str) -> None:
    """On each kind of page."""
    addresses = links(below.get(path, ACCEPT))

    assert addresses
    assert [link for link in addresses if not link.startswith(f"{BASE_PATH}/")] == []


@pytest.mark.sample(4)
@pytest.mark.parametrize("path", ENTRANCES)
def test_links_lead_somewhere(below: Visits, draw: Draw, path: str) -> None:
    """Except for the page itself, which other tests request."""
    addresses = links(below.get(path, ACCEPT))
    others = {link for link in addresses if not link.startswith((f"{BASE_PATH}/download/", f"{BASE_PATH}{path}?lang="))}

    assert [link for link in draw(others) if below.is_broken(link)] == []
