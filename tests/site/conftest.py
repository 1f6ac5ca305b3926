"""One site of the bundled dataset for all tests of this tier, and its answers, each made once."""

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
from visits import Draw, Visits


@pytest.fixture(scope="session")
def bundled(dataset: Dataset, files: Files) -> Flask:
    """The site of the bundled dataset in this process, found valid; nobody may change it."""
    return create_app(dataset, files=files, report=report([]))


@pytest.fixture(scope="session")
def client(bundled: Flask) -> FlaskClient:
    """A client of that site."""
    return bundled.test_client()


@pytest.fixture(scope="session")
def small(letter: Dataset) -> FlaskClient:
    """A client of a site of the tiny dataset."""
    return create_app(letter).test_client()


@pytest.fixture(scope="session")
def visits(bundled: Flask) -> Visits:
    """The answers of that site, each made once."""
    return Visits(bundled.test_client())


@pytest.fixture(scope="session")
def draw(pytestconfig: pytest.Config, seed: str) -> Draw:
    """What this run looks at: a sixtieth of what there is, at least one; a complete run looks at all."""

    def drawn(names: Iterable[str]) -> list[str]:
        found = sorted(names)
        number = len(found) if pytestconfig.option.complete else math.ceil(len(found) / 60)
        return sorted(random.Random(seed).sample(found, number))  # noqa: S311 - a sample, no secret

    return drawn
