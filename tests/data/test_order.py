"""The order of rows: that of a stored query follows from its keys, whatever order a store has its statements in."""

import pytest
from pyoxigraph import RdfFormat, Store, serialize

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.resources import packaged, walk
from iqgraph.terms import BASE

FOLDERS = ("links", "pictures", "quality", "questions", "tables")
QUERIES = {
    file.name: file.text()
    for folder in FOLDERS
    for file in walk(packaged().ontology.joinpath(folder), folder)
    if file.name.endswith(".rq") and "ORDER BY" in file.text()
}
OTHER = BASE.replace("w3id.org", "w3id.orh")  # a store has its terms in the order of hashes, which all are others then


@pytest.fixture(scope="module")
def renamed(dataset: Dataset) -> Store:
    """The statements of the dataset below another address, so that a store has them in another order."""
    text = serialize(dataset.store, format=RdfFormat.N_QUADS) or b""
    store = Store()
    store.bulk_load(text.replace(BASE.encode(), OTHER.encode()), RdfFormat.N_QUADS)
    return store


@pytest.mark.sample(10)
@pytest.mark.parametrize("name", QUERIES)
def test_rows_are_in_the_order_that_the_query_says(name: str, dataset: Dataset, renamed: Store) -> None:
    """Equal keys would leave the order, and so pages and files, to chance."""
    query = QUERIES[name].replace("$this", f"<{BASE}id/network-hessen>")
    text = Embedded(renamed).answer(Query(query.replace(BASE, OTHER)), CSV).decode()

    assert text.replace(OTHER, BASE) == Embedded(dataset.store).answer(Query(query), CSV).decode()
