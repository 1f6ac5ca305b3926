"""The metrics: what was answered is counted, and the counts are read as Prometheus reads them."""

import re

import pytest
from flask import Flask

from iqgraph.dataset import Dataset
from iqgraph.service.front import Front
from iqgraph.web import create_app
from test_front import Channel, Scope, ask

LINE = re.compile(r'(iqgraph_\w+)(?:\{method="(\w+)",status="(\d+)"\})? (\d+)')


@pytest.fixture
def site(dataset: Dataset) -> Front:
    """The front of the bundled site."""
    app: Flask = create_app(dataset)
    return Front(app)


def numbers(answer: Channel) -> dict[tuple[str, ...], int]:
    """The samples of an answer, each with a type and a meaning before it."""
    lines = answer.body.decode().splitlines()
    samples = [LINE.fullmatch(line) for line in lines if not line.startswith("#")]
    told = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert all(samples)
    assert {found[1] for found in samples if found} <= told
    return {tuple(part for part in found.groups()[:3] if part): int(found[4]) for found in samples if found}


def test_answers_are_counted(site: Front, dataset: Dataset) -> None:
    """By method and status; what was kept is told apart."""
    known = "/context.jsonld"
    for scope in (Scope(path=known), Scope(path=known), Scope(path="/nothing"), Scope("BREW", path=known)):
        ask(site, scope)
    found = numbers(ask(site, Scope(path="/metrics")))

    assert found["iqgraph_answers_total", "GET", "200"] == 2
    assert found["iqgraph_answers_total", "GET", "404"] == 1
    assert found["iqgraph_answers_total", "other", "405"] == 1
    assert found[("iqgraph_answers_repeated_total",)] == 1
    assert found[("iqgraph_answer_cache_bytes",)] > 0
    assert found[("iqgraph_statements",)] == dataset.statements


def test_metrics_are_never_repeated(site: Front) -> None:
    """Two looks see two states."""
    first, second = ask(site, Scope(path="/metrics")), ask(site, Scope(path="/metrics"))

    assert first.body != second.body
    assert ("cache-control", "no-store") in first.headers
    assert dict(first.headers)["content-type"].startswith("text/plain; version=0.0.4")
