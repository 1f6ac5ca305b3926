"""Findings: what a check has to say, as a readable line and in the SHACL validation report."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from ..bilingual import Language, Text, describe
from ..errors import shortened
from ..serialisation.turtle import turtle
from ..terms import BASE, RDF, SH, SHAPES, Term, short_name
from .shapes import Path, describe_path, path_text

# The worst first; a shape may name any other too (https://www.w3.org/TR/shacl/#severity), which comes last.
LEVELS = (SH.Violation, SH.Warning, SH.Info)
MAX_VALUE_CHARS = 80
REPORT = NamedNode(f"{BASE}validation")


@dataclass(frozen=True)
class Finding:
    """A breach of a rule: where, what, and the file that says so."""

    rule: NamedNode
    focus: Term
    message: Text
    path: Path | None = None
    value: Term | None = None
    file: str | None = None
    severity: NamedNode = SH.Violation
    component: NamedNode = SH.SPARQLConstraintComponent

    def line(self, language: Language = "en") -> str:
        """The finding as one line: file, place, message."""
        place = [short_name(self.focus)]
        place += [path_text(self.path)] if self.path is not None else []
        told = None if self.path is None and self.value == self.focus else self.value
        place += [shortened(short_name(told), MAX_VALUE_CHARS)] if told is not None else []
        level = "" if self.severity == SH.Violation else f"{short_name(self.severity).removeprefix('sh:').lower()}: "
        head = f"{self.file}: " if self.file else ""
        return " ".join(f"{head}{level}{' '.join(place)}: {self.message.say(language)}".split())

    @property
    def predicate(self) -> NamedNode | None:
        """The path, if it is a property."""
        return self.path if isinstance(self.path, NamedNode) else None

    @property
    def breach(self) -> bool:
        """Whether the data is wrong, not only worth a look."""
        return self.severity == SH.Violation

    @property
    def is_seal(self) -> bool:
        """Whether it says that something has changed, not what is wrong with it."""
        return self.rule == SHAPES["seal"]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without repetition, worst first and broken seals last.

    What names a cause comes before what follows from it: a value that is wrong itself makes wrong what has it, and of
    two files that contradict each other the one with a broken seal has changed.
    """
    found = set(findings)
    wrong = {one.focus for one in found if not one.is_seal}
    changed = {one.file for one in found if one.is_seal}

    def rank(one: Finding) -> tuple[int, bool, bool, bool, str, str, str]:
        level = LEVELS.index(one.severity) if one.severity in LEVELS else len(LEVELS)
        follows = one.value != one.focus and one.value in wrong
        return (level, one.is_seal, follows, one.file not in changed, one.file or "", str(one.focus), one.line())

    return sorted(found, key=rank)


def report(findings: Iterable[Finding]) -> bytes:
    """The findings as a SHACL validation report in Turtle; equal findings give equal bytes."""
    results = {NamedNode(f"{REPORT.value}#{number}"): one for number, one in enumerate(ordered(findings), start=1)}
    facts = (SH.conforms, Literal(not results)), (SH.result, tuple(results))
    triples = [*describe(REPORT, (RDF.type, SH.ValidationReport), *facts)]
    for number, (node, finding) in enumerate(results.items(), start=1):
        path, inner = describe_path(finding.path, f"path{number}") if finding.path is not None else (None, [])
        triples += inner
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
