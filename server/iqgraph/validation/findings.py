"""Findings: a rule that is broken, as a readable line and as a result of a SHACL validation report."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from pyoxigraph import Literal, NamedNode

from ..bilingual import Language, Text, describe
from ..errors import shorten
from ..serialisation.turtle import turtle
from ..terms import BASE, RDF, SH, SHAPES, Term, short_name
from .shapes import Path, describe_path, path_text

# The worst first; a shape may name any other too (https://www.w3.org/TR/shacl/#severity), which comes last.
SEVERITIES = (SH.Violation, SH.Warning, SH.Info)
MAX_VALUE_CHARS = 80
REPORT = NamedNode(f"{BASE}validation")


class Reach(Enum):
    """Which other findings may follow from a finding."""

    THING = auto()  # those about the same thing
    FILE = auto()  # those in the same file: a graph has lost its statements
    DATASET = auto()  # all: a file is missing, or its prefixes mislead


@dataclass(frozen=True)
class Finding:
    """A broken rule: its focus node, path, value and message, and the file to edit."""

    rule: NamedNode
    focus: Term
    message: Text
    path: Path | None = None
    value: Term | None = None
    file: str | None = None
    severity: NamedNode = SH.Violation
    component: NamedNode = SH.SPARQLConstraintComponent
    reach: Reach = Reach.THING

    def line(self, language: Language = "en") -> str:
        """The finding on one line: file, place, message."""
        place = [short_name(self.focus)]
        if self.path is not None:
            place.append(path_text(self.path))
        if self.value is not None and (self.path is not None or self.value != self.focus):
            place.append(shorten(short_name(self.value), MAX_VALUE_CHARS))
        level = "" if self.severity == SH.Violation else f"{short_name(self.severity).removeprefix('sh:').lower()}: "
        head = f"{self.file}: " if self.file else ""
        return " ".join(f"{head}{level}{' '.join(place)}: {self.message.say(language)}".split())

    @property
    def predicate(self) -> NamedNode | None:
        """The path, if it is a property."""
        return self.path if isinstance(self.path, NamedNode) else None

    @property
    def is_breach(self) -> bool:
        """Whether the data is wrong, not only worth a look."""
        return self.severity == SH.Violation

    @property
    def is_seal(self) -> bool:
        """Whether it only says that something has changed."""
        return self.rule == SHAPES["seal"]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings without duplicates, the worst first and broken seals last.

    A cause comes before its consequences: a wrong value before the things that have it, and of two files that
    contradict each other the one with a broken seal.
    """
    unique = set(findings)
    wrong = {finding.focus for finding in unique if not finding.is_seal}
    changed_files = {finding.file for finding in unique if finding.is_seal}

    def rank(finding: Finding) -> tuple[int, bool, bool, bool, str, str, str]:
        severity, file, focus = finding.severity, finding.file, finding.focus
        level = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
        follows = finding.value != focus and finding.value in wrong
        return (level, finding.is_seal, follows, file not in changed_files, file or "", str(focus), finding.line())

    return sorted(unique, key=rank)


def report(findings: Iterable[Finding]) -> bytes:
    """The findings as a SHACL validation report in Turtle; equal findings give equal bytes."""
    results = {NamedNode(f"{REPORT.value}#{n}"): finding for n, finding in enumerate(sort_findings(findings), start=1)}
    facts = (SH.conforms, Literal(not results)), (SH.result, tuple(results))
    triples = [*describe(REPORT, (RDF.type, SH.ValidationReport), *facts)]
    for number, (node, finding) in enumerate(results.items(), start=1):
        path, path_triples = describe_path(finding.path, f"path{number}") if finding.path is not None else (None, [])
        triples += path_triples
        triples += describe(
            node,
            (RDF.type, SH.ValidationResult),
            (SH.focusNode, finding.focus),
            (SH.resultPath, path),
            (SH.value, finding.value),
            (SH.resultSeverity, finding.severity),
            (SH.sourceConstraintComponent, finding.component),
            (SH.sourceShape, finding.rule),
            (SH.resultMessage, finding.message),
        )
    return turtle(triples).encode()
