"""What terms are called: ours as the ontology says, those of other vocabularies as `ontology/reused.csv` has it.

The ontology says nothing about terms that are not its own, so these names belong to the pages and not to the data.
"""

from collections.abc import Callable, Mapping
from functools import cache

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..engine.neighbourhood import name
from ..resources import packaged, table
from ..terms import expanded
from ..validation.paths import short_name

_TABLE = table(packaged().ontology, "reused.csv")
NAMES: Mapping[str, Text] = {row["term"]: Text(de=row["de"], en=row["en"]) for row in _TABLE}
# What stands before the value, where statements are rows about one thing.
IN_A_ROW = {expanded(row["term"]): Text(de=row["row_de"], en=row["row_en"]) for row in _TABLE if row["row_de"]}


def reused_name(node: NamedNode) -> Text | None:
    """What a term of another vocabulary is called, or None if it is not used here."""
    return NAMES.get(short_name(node))


def calling(dataset: Dataset) -> Callable[[NamedNode], Text]:
    """What a term is called: as the dataset says, else as it is called here, else by its short name."""

    @cache
    def call(term: NamedNode) -> Text:
        known = Text(en=name(dataset, term, "en"), de=name(dataset, term, "de"))
        short = short_name(term)
        return known if all(known) else reused_name(term) or Text(en=short, de=short)

    return call
