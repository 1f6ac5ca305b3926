"""Queries with old IRIs: what they ask for under a name that it no longer has."""

import re
from collections.abc import Iterator, Mapping

from ..terms import RENAMED, current_iri
from .query import Query
from .tokens import Token, prefix_declarations, tokens

_ESCAPED = re.compile(r"\\(.)")
OLD_NAMES = tuple(re.split("[/#]", old.rstrip("/"))[-1] for old in RENAMED)


def with_current_iris(text: str) -> str:
    """The query with the IRIs of today in the place of old ones, in prefixes and in strings too.

    A query without an old IRI stays as it is, to the letter.
    """
    return (
        "".join(_pieces(text, prefix_declarations(Query(text).prologue)))
        if any(name in text for name in OLD_NAMES)
        else text
    )


def _pieces(text: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    end = 0
    for token in tokens(text):
        yield text[end : token.start] + _current(token, prefixes)
        end = token.start + len(token.text)
    yield text[end:]


def _current(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return f"<{current_iri(token.text[1:-1])}>"
    if token.kind == "string":
        return token.text[0] + current_iri(token.text[1:-1]) + token.text[-1]
    if token.kind == "name":
        prefix, _, name = token.text.partition(":")
        iri = prefixes.get(prefix, "") + _ESCAPED.sub(r"\1", name)
        if current_iri(prefixes.get(prefix, "")) == prefixes.get(prefix) and current_iri(iri) != iri:
            return f"<{current_iri(iri)}>"
    return token.text
