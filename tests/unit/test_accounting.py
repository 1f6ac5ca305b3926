"""The accounting of responses: who pays for which response, who is refused, and what is logged."""

import json
import re
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask, Response

from configured import settings
from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset
from iqgraph.engine import WORK
from iqgraph.service.requests.accounting import path_workload
from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.web import create_app
from iqgraph.web.http.problems import Problem
from test_front import Channel, Scope, ask

TRUSTING = Settings(trusted_proxies=(ip_network("127.0.0.1"),))


def scope(path: str = "/page", client: str = "203.0.113.7", **headers: str) -> Scope:
    """A request of a client through the proxy."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scope(path=path, headers={"host": "a.example", "x-forwarded-for": client, **fields})


@pytest.fixture
def site() -> Front:
    """A site where each page costs two seconds of work; each client has three per 300 seconds."""
    app = Flask("site", static_folder=None)

    @app.route("/<path:path>")
    def page(path: str) -> Response:
        if work := WORK.get():
            work.seconds, work.workload = work.seconds + 2, "query"
        response = Response(path)
        if path == "kept":
            response.set_etag("x")
        return response

    return Front(app, settings=replace(TRUSTING, budget=3, budget_window=300))


def test_clients_pay_for_their_work(site: Front) -> None:
    """Each for the answers that were computed for it."""
    for path, client in (("/a", "203.0.113.7"), ("/b", "203.0.113.7"), ("/a", "203.0.113.8")):
        assert ask(site, scope(path, client)).status == 200

    assert site.accounting.budget.level("203.0.113.7") == pytest.approx(-1, abs=0.1)
    assert site.accounting.budget.level("203.0.113.8") == pytest.approx(1, abs=0.1)


def test_cached_answers_cost_nothing(site: Front) -> None:
    """A client without budget gets them too."""
    ask(site, scope("/kept"))
    again = [ask(site, scope("/kept")) for _ in range(3)]

    assert {one.status for one in again} == {200}
    assert site.accounting.budget.level("203.0.113.7") == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("path", ["/static/style.css", "/download/x.nt", "/health", "/ready", "/metrics"])
def test_files_and_probes_cost_nothing(site: Front, path: str) -> None:
    """Downloads are better than large queries, and probes must not fail."""
    for _ in range(3):
        assert ask(site, scope(path)).status == 200
    assert not site.accounting.budget.levels


@pytest.fixture(scope="module")
def tiny_app(letter: Dataset) -> Flask:
    """The site of the tiny dataset."""
    return create_app(letter)


@pytest.fixture
def exhausted_site(tiny_app: Flask) -> Front:
    """The same site, for a client whose budget is exhausted."""
    site = Front(tiny_app, settings=Settings(budget=10, budget_window=100))
    site.accounting.budget.clock = lambda: 0.0  # what is left does not depend on how long the site takes
    site.accounting.budget.spend("127.0.0.1", 12)
    return site


@pytest.mark.parametrize("path", ["/sparql", "/", "/id/involas"])
def test_a_client_without_budget_is_refused(exhausted_site: Front, path: str) -> None:
    """With status 429, the reason and Retry-After."""
    answer = ask(exhausted_site, Scope(path=path, headers={"host": "a.example", "accept": "application/json"}))
    headers, problem = dict(answer.headers), json.loads(answer.body)

    assert answer.status == problem["status"] == 429
    assert exhausted_site.accounting.budget.level("127.0.0.1") == -2  # a refusal is free, or it would never end
    assert problem["type"] == "https://w3id.org/iq-hessen/problem/budget"
    assert headers["retry-after"] == "30"
    assert headers["cache-control"] == "no-store"
    assert "Try again in" in problem["detail"]


def test_a_browser_without_budget_gets_a_page(exhausted_site: Front) -> None:
    """In the language of the reader, with the id of the request."""
    headers = {"host": "a.example", "accept": "text/html", "accept-language": "de"}
    answer = ask(exhausted_site, Scope(path="/sparql", headers=headers))

    assert answer.status == 429
    assert "Das Budget ist aufgebraucht" in answer.body.decode()
    assert answer.id in answer.body.decode()


def test_request_ids(tiny_app: Flask) -> None:
    """Each response has one, and a problem names it."""
    site = Front(tiny_app, settings=TRUSTING)
    headers = {"x_request_id": "from-outside", "accept": "application/json"}
    answer = ask(site, scope("/nothing", **headers))

    assert answer.id == json.loads(answer.body)["request"] == "from-outside"
    assert ask(site, scope("/context.jsonld")).id != ask(site, scope("/context.jsonld")).id


@pytest.mark.parametrize(
    ("path", "workload"),
    [("/static/x", "static"), ("/download/", "download"), ("/health", "probe"), ("/healthy", ""), ("/", ""), ("*", "")],
)
def test_path_workload(path: str, workload: str) -> None:
    """It follows from the first segment of a path."""
    assert path_workload(path) == workload


def test_settings_reach_their_objects(tmp_path: Path) -> None:
    """From the command line to proxies, budget, cache and query log."""
    flags = {
        "public-url": "https://data.example/kg",
        "trusted-proxies": "10.0.0.0/8",
        "budget": "60",
        "budget-window": "120",
        "cache-size": "1",
        "query-log": str(tmp_path),
    }
    site = Front(Flask("site"), settings=settings(*(f"--{name}={value}" for name, value in flags.items())))
    proxies, budget = site.proxies, site.accounting.budget

    assert (proxies.host, proxies.path, str(proxies.networks[0])) == ("data.example", "/kg", "10.0.0.0/8")
    assert (budget.seconds, budget.window, site.cache.max_bytes) == (60, 120, 1 << 20)
    assert site.accounting.queries
    site.accounting.close()


def test_the_page_of_a_fault(tiny_app: Flask) -> None:
    """It is in the language of the reader, and its links are below the path of the site."""
    site, channel = Front(tiny_app, settings=Settings(public_url="https://data.example/kg")), Channel()
    headers = {"host": "a.example", "accept": "text/html", "accept-language": "de"}
    site.refuse(
        Scope(path="/kg/id/involas", headers=headers),
        channel,
        Problem("internal", Text(de="Es ging kaputt.", en="It broke.")),
    )
    text = channel.body.decode()

    assert channel.status == 500
    assert channel.id in text
    assert '<html lang="de">' in text
    assert "Es ging kaputt." in text
    assert 'href="/kg/' in text
    assert not re.findall(r'(?:href|src)="/(?!kg[/?"])', text)
