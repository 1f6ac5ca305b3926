"""Findings: what a check has to say, as one readable line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import NamedTuple

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..serialisation.turtle import Term
from ..terms import PREFIXES, SH

Language = OneOf["en", "de"]

LEVELS = (SH.Violation, SH.Warning, SH.Info)
LONGEST_VALUE = 80


class Step(NamedTuple):
    """A property path that is more than a property: an operator and what it is applied to."""

    operator: str
    parts: tuple["Path", ...]


Path = NamedNode | Step


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

    def __str__(self) -> str:
        """The finding as one line of English."""
        return self.line()

    def line(self, language: Language = "en") -> str:
        """The finding as one line: file, place, message."""
        place = [short_name(self.focus)]
        place += [path_text(self.path)] if self.path is not None else []
        place += [_short(short_name(self.value))] if self.value is not None else []
        level = "" if self.severity == SH.Violation else f"{short_name(self.severity).removeprefix('sh:').lower()}: "
        head = f"{self.file}: " if self.file else ""
        return " ".join(f"{head}{level}{' '.join(place)}: {self.message.say(language)}".split())

    @property
    def breach(self) -> bool:
        """Whether the data is wrong, not only worth a look."""
        return self.severity == SH.Violation

    @property
    def rank(self) -> tuple[int, str, str, str]:
        """Where the finding stands among others: worst first, then by file and place."""
        level = LEVELS.index(self.severity) if self.severity in LEVELS else len(LEVELS)
        return (level, self.file or "", str(self.focus), self.line())


def short_name(term: Term) -> str:
    """The term with the prefix of the table that says most, for people to read."""
    if not isinstance(term, NamedNode):
        return str(term)
    fitting = (prefix for prefix, namespace in PREFIXES.items() if term.value.startswith(namespace))
    prefix = max(fitting, key=lambda one: len(PREFIXES[one]), default=None)
    return f"{prefix}:{term.value.removeprefix(PREFIXES[prefix])}" if prefix else str(term)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without repetition, worst first."""
    return sorted(set(findings), key=lambda finding: finding.rank)


def path_text(path: Path) -> str:
    """The property path as SPARQL writes it."""
    if isinstance(path, NamedNode):
        return short_name(path)
    parts = [path_text(part) if isinstance(part, NamedNode) else f"({path_text(part)})" for part in path.parts]
    if path.operator in "|/":
        return path.operator.join(parts)
    return f"^{parts[0]}" if path.operator == "^" else f"{parts[0]}{path.operator}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
