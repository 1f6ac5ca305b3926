"""One site of the bundled dataset for all tests of this tier, and its answers."""

import math
import random
from collections.abc import Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.release.release import Files
from iqgraph.validation.findings import report
from iqgraph.web import create_app
from visits import Draw, Visits, site_of


@pytest.fixture(scope="session")
def app(dataset: Dataset, files: Files) -> Flask:
    """The site of the bundled dataset in this process, with a report of no findings; no test may change it."""
    return create_app(dataset, files=files, report=report([]))


@pytest.fixture(scope="session")
def client(app: Flask) -> FlaskClient:
    """A client of that site."""
    return app.test_client()


@pytest.fixture(scope="session")
def small(letter: Dataset) -> FlaskClient:
    """A client of a site of the tiny dataset."""
    return create_app(letter).test_client()


@pytest.fixture(scope="session")
def visits(app: Flask) -> Visits:
    """The answers of that site, each made once."""
    return Visits(app.test_client())


@pytest.fixture(scope="session")
def draw(pytestconfig: pytest.Config, seed: str) -> Draw:
    """A sample of names: a sixtieth of them, at least one; all in a complete run."""

    def sample(names: Iterable[str]) -> list[str]:
        choices = sorted(names)
        number = len(choices) if pytestconfig.option.complete else math.ceil(len(choices) / 60)
        return sorted(random.Random(seed).sample(choices, number))  # noqa: S311 - a sample, no secret

    return sample


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of another RDF file, without named graphs."""
    return site_of(tmp_path_factory.mktemp("plain"), "<http://a.example/s> <http://a.example/p> 1, 2 .")
