"""The order of rows: the keys of a stored query determine it, whatever the order of the store."""

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
OTHER = BASE.replace("w3id.org", "w3id.orh")  # a store orders its terms by their hashes, which all change with it


@pytest.fixture(scope="module")
def other_store(dataset: Dataset) -> Store:
    """The dataset with another base address, so that the store has another order."""
    text = serialize(dataset.store, format=RdfFormat.N_QUADS) or b""
    store = Store()
    store.bulk_load(text.replace(BASE.encode(), OTHER.encode()), RdfFormat.N_QUADS)
    return store


@pytest.mark.sample(10)
@pytest.mark.parametrize("name", QUERIES)
def test_the_keys_of_a_query_determine_the_order(name: str, dataset: Dataset, other_store: Store) -> None:
    """Equal keys would leave the order of pages and files to chance."""
    query = QUERIES[name].replace("$this", f"<{BASE}id/network-hessen>")
    text = Embedded(other_store).answer(Query(query.replace(BASE, OTHER)), CSV).decode()

    assert text.replace(OTHER, BASE) == Embedded(dataset.store).answer(Query(query), CSV).decode()
