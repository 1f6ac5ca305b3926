"""The site below a path: every link that it gives leads to itself, below that path."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from iqgraph.release.versions import releases
from iqgraph.resources import packaged

BASE_PATH = "/kg"
LINK = re.compile(r'(?:href|src|action|data-[a-z-]+)="(/[^"]*)"')
HEADERS = ("Location", "Content-Location")
MOST = 150
VERSION = releases(packaged())[-1].version
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


def get(client: FlaskClient, path: str) -> TestResponse:
    """What is answered at a path below the base path."""
    accept = {"Accept": "text/html, */*;q=0.5"}
    return client.get(path, headers=accept, environ_overrides={"SCRIPT_NAME": BASE_PATH})


def links(response: TestResponse) -> set[str]:
    """The addresses on this site that an answer gives, as they stand there."""
    found = set(re.findall(r"<(/[^>]*)>", response.headers.get("Link", "")))
    found |= {response.headers[name] for name in HEADERS if response.headers.get(name, "").startswith("/")}
    if response.headers["Content-Type"].startswith("text/html"):
        found |= set(LINK.findall(response.get_data(as_text=True)))
    return {link.replace("&amp;", "&") for link in found if not link.startswith("//")}


@pytest.mark.parametrize("path", ENTRANCES)
def test_every_link_is_below_the_path(client: FlaskClient, path: str) -> None:
    """On each kind of page."""
    found = links(get(client, path))

    assert found
    assert [link for link in found if not link.startswith(f"{BASE_PATH}/")] == []


def test_links_lead_somewhere(client: FlaskClient) -> None:
    """Whoever follows them from the start page stays on the site and finds something."""
    waiting, seen = ["/"], {"/"}
    while waiting and len(seen) < MOST:
        response = get(client, waiting.pop(0))
        assert response.status_code < 400, response.request.path
        for link in sorted(links(response)):
            path = link.removeprefix(BASE_PATH).partition("#")[0]
            if path not in seen and not path.startswith("/download/"):
                seen.add(path)
                waiting.append(path)
        response.close()


def test_redirects_stay_below_the_path(client: FlaskClient) -> None:
    """A thing leads to its document."""
    response = get(client, "/id/involas")

    assert response.status_code == 303
    assert response.headers["Location"] == f"{BASE_PATH}/id/involas.html"
