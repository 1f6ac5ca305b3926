"""Trusty URIs (version 1, module RA): IRIs that hold the hash of the statements in which they stand."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

MODULE = "RA"
LENGTH = 45
UNKNOWN = MODULE.ljust(LENGTH, "0")


def minted(content: Callable[[str], Iterable[Quad]]) -> str:
    """The artifact code for statements that are written with it."""
    return artifact_code(content(UNKNOWN), UNKNOWN)


def artifact_code(quads: Iterable[Quad], code: str) -> str:
    """The artifact code of statements; it is `code` if that is what they were written with, and they are unchanged.

    Blank nodes and statements about statements have no place here: ValueError.
    """
    rows = {_row(quad, code) for quad in quads}
    text = "".join(f"{part}\n" for _, row in sorted(rows) for part in row)
    return MODULE + urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def _row(quad: Quad, code: str) -> tuple[tuple[str | int, ...], tuple[str, ...]]:
    """Where the statement stands in the order of the specification, and its four lines."""
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else _iri(quad.graph_name, code)
    names = (graph, _iri(quad.subject, code), _iri(quad.predicate, code))
    value = quad.object
    if not isinstance(value, Literal):
        name = _iri(value, code)
        return (*names, 0, name), (*names, name)
    escaped = value.value.replace("\\", "\\\\").replace("\n", "\\n")
    if value.language:
        return (*names, 1, value.value, 0, value.language), (*names, f"@{value.language.lower()} {escaped}")
    return (*names, 1, value.value, 1, value.datatype.value), (*names, f"^{value.datatype.value} {escaped}")


def _iri(node: object, code: str) -> str:
    if not isinstance(node, NamedNode):
        raise ValueError(f"a trusty URI cannot stand for statements with {node}")
    return node.value.replace(code, " ")
