"""The model of pages: rows without the endpoint, and bounded memory."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Barrier, BrokenBarrierError

from pyoxigraph import Literal, Quad, Store

from iqgraph.dataset import Dataset
from iqgraph.dataset.dataset import MAX_LISTED_STATEMENTS
from iqgraph.model.model import MAX_ANSWERS, MAX_NAMES, Model, once
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


def test_what_several_threads_need_is_made_once() -> None:
    """Forty agents who searched at once built the index of the search forty times, which took seconds."""
    numbers, meeting = count(), Barrier(2)

    def make() -> int:
        with suppress(BrokenBarrierError):
            meeting.wait(0.1)  # for another thread that makes it too
        return next(numbers)

    number = once(make)
    with ThreadPoolExecutor(4) as threads:
        assert {future.result() for future in [threads.submit(number) for _ in range(4)]} == {0}


def test_large_data_is_not_scanned(dataset: Dataset) -> None:
    """It has no documents, even if it has passages."""
    large = Dataset(dataset.store, size_hint=MAX_LISTED_STATEMENTS + 1)

    assert Model(dataset).documents
    assert Model(dataset).contexts
    assert Model(large).documents == []
    assert Model(large).contexts == {}
