"""The first and the last day of a date with the precision of a year, a month or a day."""

import re

import pytest
from pyoxigraph import Store

from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.terms import BASE
from repository import ROOT

RULE = (ROOT / "ontology/rules/24-days.rq").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-05-17", "2024-05-17", "2024-05-17"),
        *(
            (f"2023-{month:02}", f"2023-{month:02}-01", f"2023-{month:02}-{last}")
            for month, last in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1)
        ),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
    ],
)
@pytest.mark.parametrize("bound", ["start", "end"])
def test_days_of_a_date(date: str, first: str, last: str, bound: str) -> None:
    """Of each month, in leap years too."""
    store = Store()
    store.update(
        f'INSERT DATA {{ GRAPH <{BASE}graph/g> {{ <{BASE}id/a> <http://www.w3.org/ns/dcat#{bound}Date> "{date}" }} }}'
    )
    query = re.sub(r"CONSTRUCT \{.*?\n\}", "SELECT ?earliest ?first ?last", RULE, flags=re.DOTALL)
    kind = {"start": "Beginning", "end": "End"}[bound]

    answer = Embedded(store).answer(Query(query), CSV).decode()

    assert answer.splitlines()[1:] == [f"{BASE}ontology#earliest{kind},{first},{last}"]
