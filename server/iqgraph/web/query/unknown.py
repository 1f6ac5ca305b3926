"""Terms of a query that the data does not have: most often the reason why nothing fits, and most often a slip."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from ...dataset import UNION, Dataset
from ...engine.language.tokens import Token, prologue, tokens
from ...engine.things.nearest import local
from ...terms import BASE, XSD
from ..site import kept, site

NEAREST = 3
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A term that there is, and the query with it in the place of the one that there is not."""

    iri: str
    query: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A term as the query writes it, and what may have been meant."""

    text: str
    proposals: list[Proposal]


def unknown(query: str) -> list[Unknown]:
    """The terms of a query, in vocabularies that the data has prefixes for, which occur nowhere in the data."""
    start = len(prologue(query))
    prefixes = dict(_declared(query[:start]))
    found: dict[str, Unknown] = {}
    for token in tokens(query[start:]):
        iri = _named(token, prefixes)
        if iri and token.text not in found and _expected(iri) and not _is_known(site().dataset, iri):
            found[token.text] = Unknown(token.text, list(_proposals(iri, token.text, query, start, prefixes)))
    return list(found.values())


def _declared(text: str) -> Iterator[tuple[str, str]]:
    found = list(tokens(text))
    for keyword, name, iri in zip(found, found[1:], found[2:], strict=False):
        if keyword.text.upper() == "PREFIX" and iri.kind == "iri":
            yield name.text, iri.text[1:-1]


def _named(token: Token, prefixes: dict[str, str]) -> str:
    """The IRI that a token names; empty if it names none that we can read."""
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind != "name":
        return ""
    prefix, colon, rest = token.text.partition(":")
    return prefixes[prefix + colon] + rest if prefix + colon in prefixes else ""


def _expected(iri: str) -> bool:
    """Whether the data would have to know a term; datatypes and functions need not be in it."""
    namespaces = [one for one in site().dataset.prefixes.values() if one != XSD.iri]
    return iri.startswith(tuple(namespaces)) or (site().bundled and iri.startswith(BASE))


def _is_known(dataset: Dataset, iri: str) -> bool:
    try:
        node = NamedNode(iri)
    except ValueError:
        return True
    find = dataset.store.quads_for_pattern
    uses = (find(node, None, None, UNION), find(None, node, None, UNION), find(None, None, node, UNION))
    return (
        any(next(use, None) for use in uses)
        or dataset.store.contains_named_graph(node)
        or node in kept("datatypes", _datatypes)
    )


def _datatypes(dataset: Dataset) -> frozenset[NamedNode]:
    if dataset.statements > LARGEST:
        return frozenset()
    return frozenset(one.object.datatype for one in dataset.triples() if isinstance(one.object, Literal))


def _proposals(iri: str, text: str, query: str, start: int, prefixes: dict[str, str]) -> Iterator[Proposal]:
    alike = [one for one in kept("terms", _terms) if one.startswith(iri.removesuffix(local(iri)))]
    ends = {local(one): one for one in alike}
    near = [ends[end] for end in get_close_matches(local(iri), ends, NEAREST)]
    for one in near or site().names.nearest(local(iri), NEAREST):
        written = _written(one, text, prefixes)
        yield Proposal(one, query[:start] + query[start:].replace(text, written))


def _terms(dataset: Dataset) -> list[str]:
    """The IRIs that are said of, or said with; not those of large files."""
    if dataset.statements > LARGEST:
        return []
    nodes = (node for one in dataset.triples() for node in (one.subject, one.predicate, one.object))
    return sorted({node.value for node in nodes if isinstance(node, NamedNode)})


def _written(iri: str, text: str, prefixes: dict[str, str]) -> str:
    """A term as the one in its place was written, if that can be."""
    prefix = text.partition(":")[0] + ":"
    space = prefixes.get(prefix)
    rest = iri.removeprefix(space) if space else iri
    return f"{prefix}{rest}" if space and iri.startswith(space) and "/" not in rest else f"<{iri}>"
