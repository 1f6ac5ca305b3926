"""Queries written for older versions: it replaces old IRIs, and explains changes of the model that they need."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..resources import packaged, table
from .query import Query
from .tokens import Token, iri_of, prefix_declarations, tokens

# Old IRIs and their successors: they are redirected for good, and replaced in queries until 1.0.
RENAMED = {row.term("old").value: row.term("new").value for row in table(packaged().ontology, "renamed.csv")}
OLD_NAMES = tuple(re.split("[/#]", old.rstrip("/"))[-1] for old in RENAMED)


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A change of the model since 0.3.0: the terms that an older query uses together, the new term, and the reason."""

    old: tuple[NamedNode, ...]
    new: NamedNode
    reason: Text


# The old terms are not replaced, since they still mean the same in other queries. Until 1.0, as the old IRIs.
CHANGES = tuple(
    ModelChange(row.terms("old"), row.term("new"), Text(de=row["de"], en=row["en"]))
    for row in table(packaged().ontology, "changed.csv")
)


def current_iri(iri: str) -> str:
    """The successor of an old IRI; any other IRI stays as it is."""
    for old, new in RENAMED.items():
        if iri == old or (old.endswith("/") and iri.startswith(old)):
            return new + iri.removeprefix(old)
    return iri


def changes(text: str) -> list[ModelChange]:
    """The changes that concern a query; they may explain why it finds nothing."""
    prefixes = prefix_declarations(Query(text).prologue)
    iris = {iri_of(token, prefixes) for token in tokens(text)}
    return [change for change in CHANGES if all(term.value in iris for term in change.old)]


def with_current_iris(text: str) -> str:
    """The query with current IRIs in the place of old ones, also in prefixes and in strings."""
    if not any(name in text for name in OLD_NAMES):
        return text
    return "".join(_pieces(text, prefix_declarations(Query(text).prologue)))


def _pieces(text: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    end = 0
    for token in tokens(text):
        yield text[end : token.start] + _current(token, prefixes)
        end = token.start + len(token.text)
    yield text[end:]


def _current(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.type == "iri":
        return f"<{current_iri(token.text[1:-1])}>"
    if token.type == "string":
        return token.text[0] + current_iri(token.text[1:-1]) + token.text[-1]
    if token.type == "name":
        prefix, iri = token.text.partition(":")[0], iri_of(token, prefixes)
        if current_iri(prefixes.get(prefix, "")) == prefixes.get(prefix) and current_iri(iri) != iri:
            return f"<{current_iri(iri)}>"
    return token.text
