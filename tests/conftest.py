"""What tests are given: the bundled dataset, and a tiny one that they may break."""

from pathlib import Path

import pytest

import tiny
from iqgraph.dataset import Dataset, load
from iqgraph.resources import Sources


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The bundled dataset; nobody may change it."""
    return load()


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """The sources of the tiny dataset, in `tmp_path`, for this test alone."""
    return tiny.write(tmp_path)
