"""What of an answer is in the reader's language: the labels that its query asks for, and the heads of its columns.

Variables that end in `De` and `En` are a pair: the query asks for both, and a reader sees one of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..bilingual import Text
from ..resources import Sources, table

ENDS = {"de": "De", "en": "En"}
_LABEL = re.compile(r'LANG\(\?(\w+)\) = "(?:de|en)"')
_VARIABLE = re.compile(r"\?(\w+)")
Heads = Mapping[tuple[str, str], Text]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head in both languages, the variables that fill it, the first that is bound, and if it is a pair.

    The other language stands in for a label that is missing in the reader's.
    """

    head: Text
    variables: tuple[str, ...]
    is_pair: bool


def in_language(query: str, language: str) -> str:
    """A query of ours that asks for labels in one language, asking for those in another; pairs stay as they are."""
    known = set(_VARIABLE.findall(query))

    def label(found: re.Match[str]) -> str:
        return found[0] if _other(found[1]) in known else f'LANG(?{found[1]}) = "{language}"'

    return _LABEL.sub(label, query)


def columns(variables: Iterable[str], slug: str, heads: Heads, language: str) -> list[Column]:
    """The columns of the answer to a question as a reader of one language sees them."""
    known, found = list(variables), {}
    for variable in known:
        pair = tuple(one for one in (variable, _other(variable)) if one in known)
        stem = _stem(variable) if len(pair) > 1 else variable
        found[stem] = Column(
            heads.get((stem, slug)) or heads.get((stem, "")) or _spelled(stem),
            tuple(sorted(pair, key=lambda one: not one.endswith(ENDS[language]))),
            len(pair) > 1,
        )
    return list(found.values())


def heads(sources: Sources) -> Heads:
    """What the columns of answers are called, by variable and question; for all questions where none is named."""
    rows = table(sources.ontology, "questions/columns.csv")
    return {(row["variable"], row["question"]): Text(de=row["de"], en=row["en"]) for row in rows}


def _stem(variable: str) -> str:
    return variable[:-2]


def _other(variable: str) -> str:
    """The other variable of a pair; empty if the end of this one names no language."""
    other = {"De": "En", "En": "De"}.get(variable[-2:])
    return _stem(variable) + other if other else ""


def _spelled(variable: str) -> Text:
    """The head of a column that nobody has named: its variable, word by word."""
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f" {found[0].lower()}", variable)
    words = words[:1].upper() + words[1:]
    return Text(de=words, en=words)
