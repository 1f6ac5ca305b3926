"""The SHACL validation report: findings as RDF."""

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..serialisation.turtle import turtle
from ..terms import BASE, RDF, SH
from .findings import Finding, Path, ordered

Node = NamedNode | BlankNode

REPORT = NamedNode(f"{BASE}validation")
STEPS = {
    "^": SH.inversePath,
    "*": SH.zeroOrMorePath,
    "+": SH.oneOrMorePath,
    "?": SH.zeroOrOnePath,
    "|": SH.alternativePath,
}


def report(findings: Iterable[Finding]) -> bytes:
    """The findings as a SHACL validation report in Turtle; equal findings give equal bytes."""
    results = ordered(findings)
    triples = [
        Triple(REPORT, RDF.type, SH.ValidationReport),
        Triple(REPORT, SH.conforms, Literal(not results)),
    ]
    for number, finding in enumerate(results, start=1):
        node = NamedNode(f"{REPORT.value}#{number}")
        triples.append(Triple(REPORT, SH.result, node))
        triples.extend(_result(node, finding, f"path{number}"))
    return turtle(triples).encode()


def _result(node: NamedNode, finding: Finding, label: str) -> Iterator[Triple]:
    yield Triple(node, RDF.type, SH.ValidationResult)
    yield Triple(node, SH.focusNode, finding.focus)
    yield Triple(node, SH.resultSeverity, finding.severity)
    yield Triple(node, SH.sourceConstraintComponent, finding.component)
    yield Triple(node, SH.sourceShape, finding.rule)
    for language, text in zip(finding.message._fields, finding.message, strict=True):
        yield Triple(node, SH.resultMessage, Literal(text, language=language))
    if finding.value is not None:
        yield Triple(node, SH.value, finding.value)
    if finding.path is not None:
        path, triples = _path(finding.path, label)
        yield Triple(node, SH.resultPath, path)
        yield from triples


def _path(path: Path, label: str) -> tuple[Node, list[Triple]]:
    """The node of a path and the triples that describe it."""
    if isinstance(path, NamedNode):
        return path, []
    parts = [_path(part, f"{label}n{number}") for number, part in enumerate(path.parts)]
    triples = [triple for _, described in parts for triple in described]
    first: Node = parts[0][0]
    if path.operator in "|/":
        first = BlankNode(f"{label}list")
        triples += _list([node for node, _ in parts], first)
    if path.operator == "/":
        return first, triples
    node = BlankNode(label)
    return node, [Triple(node, STEPS[path.operator], first), *triples]


def _list(items: list[Node], head: BlankNode) -> Iterator[Triple]:
    cells: list[Node] = [head, *(BlankNode(f"{head.value}{n}") for n in range(1, len(items))), RDF.nil]
    for item, cell, rest in zip(items, cells, cells[1:], strict=False):
        yield Triple(cell, RDF.first, item)
        yield Triple(cell, RDF.rest, rest)
