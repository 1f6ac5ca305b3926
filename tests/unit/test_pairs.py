"""The published pairs of query and evidence, which others can test against.

`PYTHONPATH=tests/support python tests/unit/test_pairs.py` writes them anew, for review.
"""

import json
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from iqgraph.dataset import add_union
from iqgraph.engine import Embedded, Query
from iqgraph.engine.query import RowSelection
from iqgraph.formats import JSON
from repository import ROOT

FOLDER = ROOT / "docs/evidence"
PAIRS = sorted(FOLDER.glob("*.rq"))


def evidence(file: Path) -> str:
    """The evidence of a query as indented JSON."""
    store = Store()
    store.load(path=FOLDER / "data.trig", format=RdfFormat.TRIG)
    add_union(store)
    query = file.read_text(encoding="utf-8")
    output = json.loads(Embedded(store).answer(Query(query, selection=RowSelection()), JSON))
    return json.dumps({"query": query, "version": "", **output}, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("file", PAIRS, ids=lambda file: file.stem)
def test_pairs(file: Path) -> None:
    """Each query has the evidence of the file beside it."""
    assert file.with_suffix(".json").read_text(encoding="utf-8") == evidence(file)


def test_there_are_ten() -> None:
    """The page says so."""
    assert len(PAIRS) == 10


def test_the_page_shows_one_of_them() -> None:
    """The first."""
    texts = re.findall(r"^```json\n(.*?)^```$", FOLDER.with_suffix(".md").read_text("utf-8"), re.MULTILINE | re.DOTALL)

    assert texts == [PAIRS[0].with_suffix(".json").read_text(encoding="utf-8")]


if __name__ == "__main__":
    for one in PAIRS:
        one.with_suffix(".json").write_text(evidence(one), encoding="utf-8")
