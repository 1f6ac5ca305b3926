"""What pictures and tables show of the bundled data is what it was when it was last read; and the days of a date."""

import re
from pathlib import Path

import pytest
from pyoxigraph import Store

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.terms import BASE
from repository import ROOT
from tiny import put

FOLDER = Path(__file__).parent / "rows"
QUERIES = sorted(file for folder in ("pictures", "tables") for file in (ROOT / "ontology" / folder).glob("*.rq"))
DAYS = (ROOT / "ontology/rules/24-days.rq").read_text(encoding="utf-8")


def asked(text: str, store: Store) -> list[str]:
    """The lines of an answer, the header first and the rows in an order of their own."""
    header, *rows = Embedded(store).answer(Query(text), CSV).decode().replace(BASE, "").splitlines()
    return [header, *sorted(rows)]


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_rows(dataset: Dataset, pytestconfig: pytest.Config, file: Path) -> None:
    """Where a row changed by right, `--renew` writes them anew."""
    rows = "\n".join([*asked(file.read_text(encoding="utf-8"), dataset.store), ""])

    if pytestconfig.option.renew:
        put(FOLDER, f"{file.stem}.csv", rows)
    assert rows == (FOLDER / f"{file.stem}.csv").read_text(encoding="utf-8")


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
@pytest.mark.parametrize("stated", ["start", "end"])
def test_days_of_a_date(date: str, first: str, last: str, stated: str) -> None:
    """Of each month, in leap years too."""
    store = Store()
    store.update(
        f'INSERT DATA {{ GRAPH <{BASE}graph/g> {{ <{BASE}id/a> <http://www.w3.org/ns/dcat#{stated}Date> "{date}" }} }}'
    )
    query = re.sub(r"CONSTRUCT \{.*?\n\}", "SELECT ?earliest ?first ?last", DAYS, flags=re.DOTALL)
    kind = {"start": "Beginning", "end": "End"}[stated]

    assert asked(query, store)[1:] == [f"ontology#earliest{kind},{first},{last}"]
