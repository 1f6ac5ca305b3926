"""The first and the last day of a date with the precision of a year, a month or a day."""

import re

import pytest
from pyoxigraph import Store

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.terms import BASE, DCTERMS, ID, IQ, RDF
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


def test_a_day_without_a_year_is_read_with_its_document(dataset: Dataset) -> None:
    """The document has a date then, from which the year comes: passage FRESKO 1 gives the day of a meeting only so."""
    documents = dataset.instances(IQ.Document)
    statements = {document: dataset.subjects(IQ.readWith, document) for document in documents}
    subjects = {one for own in statements.values() for node in own for one in dataset.nodes(node, RDF.subject)}

    assert [one for one, own in statements.items() if own and not dataset.values(one, DCTERMS.issued)] == []
    assert ID["fresko-2025"] not in documents or ID["day-2025-11-27"] in subjects
