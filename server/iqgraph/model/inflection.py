"""Names as they stand in a sentence: in German with article and case, in English with the article that they take.

German inflects articles and adjectives, which no rule makes of a name; `data/names.csv` has the forms. A name without
an entry needs none, such as that of a company: it stays as it is, and its genitive is made with `von`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..resources import Sources, table
from ..terms import ID


@dataclass(frozen=True, slots=True)
class Forms:
    """A name in the cases that sentences use."""

    nominative: str
    accusative: str
    genitive: str
    english: str


def forms(sources: Sources) -> Mapping[str, Forms]:
    """The forms of the names that have some, by the IRI of what they name."""
    return {
        f"{ID.iri}{row['thing']}": Forms(row["nominative"], row["accusative"], row["genitive"], row["english"])
        for row in table(sources.data, "names.csv")
    }


def plain(name: str) -> Forms:
    """A name that takes no article."""
    return Forms(name, name, f"von {name}", name)


def capitalised(words: str, name: str) -> str:
    """Words as they begin a sentence; a name itself is never changed."""
    return words if words == name else words[:1].upper() + words[1:]
