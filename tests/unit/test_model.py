"""The model of pages: rows without the endpoint, and bounded memory."""

from pyoxigraph import Literal, Quad, Store

from iqgraph.dataset import Dataset
from iqgraph.dataset.dataset import MAX_LISTED_STATEMENTS
from iqgraph.model.model import MAX_ANSWERS, MAX_NAMES, Model
from iqgraph.terms import ID, RDFS


def test_unbound_variables_are_left_out() -> None:
    """A row has its bound values as text."""
    model = Model(Dataset(Store()))

    assert model.rows("SELECT * { VALUES (?a ?b) { (1 UNDEF) (<x:y> 'z'@de) } }") == [
        {"a": "1"},
        {"a": "x:y", "b": "z"},
    ]


def test_caches_are_bounded() -> None:
    """Whatever the number of things and queries."""
    store = Store()
    store.extend(Quad(ID[str(n)], RDFS.label, Literal(str(n))) for n in range(MAX_NAMES + 1))
    model = Model(Dataset(store))
    names = [model.name(ID[str(n)], "de") for n in range(MAX_NAMES + 1)]
    answers = [model.answer(f"SELECT ({n} AS ?n) {{}}") for n in range(MAX_ANSWERS + 1)]

    assert (names[-1], answers[-1]) == (str(MAX_NAMES), [{"n": str(MAX_ANSWERS)}])
    assert model.name.cache_info().currsize == MAX_NAMES
    assert model.answer.cache_info().currsize == MAX_ANSWERS


def test_large_data_is_not_scanned(dataset: Dataset) -> None:
    """It has no documents, even if it has passages."""
    large = Dataset(dataset.store, size_hint=MAX_LISTED_STATEMENTS + 1)

    assert Model(dataset).documents
    assert Model(dataset).contexts
    assert Model(large).documents == []
    assert Model(large).contexts == {}
