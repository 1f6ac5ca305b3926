"""The order of rows: that of a stored query follows from its keys, whatever order a store has its statements in."""

from random import Random

import pytest
from pyoxigraph import Store

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.resources import packaged, walk

FOLDERS = ("links", "pictures", "quality", "questions", "tables")
QUERIES = {
    file.name: file.text()
    for folder in FOLDERS
    for file in walk(packaged().ontology.joinpath(folder), folder)
    if file.name.endswith(".rq") and "ORDER BY" in file.text()
}


@pytest.fixture(scope="module")
def shuffled(dataset: Dataset) -> Store:
    """The statements of the dataset, put into a store in another order."""
    quads = sorted(dataset.store, key=str)
    Random(0).shuffle(quads)  # noqa: S311 # any other order will do
    store = Store()
    store.extend(quads)
    return store


@pytest.mark.sample(10)
@pytest.mark.parametrize("name", QUERIES)
def test_rows_are_in_the_order_that_the_query_says(name: str, dataset: Dataset, shuffled: Store) -> None:
    """Equal keys would leave the order, and so pages and files, to chance."""
    query = Query(QUERIES[name].replace("$this", "<id/network-hessen>"))

    assert Embedded(shuffled).answer(query, CSV) == Embedded(dataset.store).answer(query, CSV)
