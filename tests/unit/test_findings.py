"""Findings as lines and as a report."""

from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from iqgraph.bilingual import Language, Text
from iqgraph.cli.terminal import print_findings
from iqgraph.terms import BASE, ID, IQ, RDFS, SH, SHAPES, part_iri, passage_iri, short_name
from iqgraph.validation.findings import Finding, report, sort_findings
from iqgraph.validation.shapes import Step

KIND = Finding(
    rule=SHAPES["Role-kind"],
    focus=ID.coordination,
    message=Text(en="A role has exactly one kind.", de="Eine Rolle hat genau eine Art."),
    path=IQ.roleKind,
    file="data/letter/01.trig",
)


LONG = replace(KIND, file=None, value=Literal("one\ntwo\r\n\tthree\u2028four" + "x" * 1000))


@pytest.mark.parametrize(
    ("finding", "lang", "line"),
    [
        (KIND, "en", "data/letter/01.trig: id:coordination iq:roleKind: A role has exactly one kind."),
        (KIND, "de", "data/letter/01.trig: id:coordination iq:roleKind: Eine Rolle hat genau eine Art."),
        (
            replace(KIND, value=KIND.focus),
            "en",
            "data/letter/01.trig: id:coordination iq:roleKind id:coordination: A role has exactly one kind.",
        ),
        (
            replace(KIND, path=None, value=KIND.focus),
            "en",
            "data/letter/01.trig: id:coordination: A role has exactly one kind.",
        ),
        (
            replace(KIND, path=None, file=None, severity=SH.Warning),
            "en",
            "warning: id:coordination: A role has exactly one kind.",
        ),
    ],
    ids=["English", "German", "value", "thing as a whole", "warning"],
)
def test_format_of_a_line(finding: Finding, lang: Language, line: str) -> None:
    """File, place and message, as scripts expect; only non-violations have a severity."""
    assert finding.line(lang) == line


def test_a_long_value_is_shortened() -> None:
    """The message stays visible, in one line."""
    line = LONG.line()

    assert line.startswith('id:coordination iq:roleKind "one')
    assert len(line) < 150
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (passage_iri("11-jahre-iq", "S24"), "p:S24"),
        (part_iri(passage_iri("11-jahre-iq", "S24"), "selector"), "p:S24#selector"),
        (NamedNode(f"{BASE}graph/source/bqfg"), "graph:source/bqfg"),
        (NamedNode(f"{BASE}graph/11-jahre-iq/S24"), "g:S24"),
        (NamedNode("http://other.example/x"), "<http://other.example/x>"),
    ],
)
def test_the_longest_prefix_is_used(node: NamedNode, name: str) -> None:
    """For readers."""
    assert short_name(node) == name


INFO, WARNING = (replace(KIND, focus=ID[level], severity=SH[level]) for level in ("Info", "Warning"))
EFFECT, CAUSE = replace(KIND, value=ID.kind, file="a.trig"), replace(KIND, focus=ID.kind, file="b.trig")
INTACT, CHANGED = replace(KIND, file="a.trig"), replace(KIND, file="b.trig")
SEAL = replace(KIND, rule=SHAPES["seal"], file="b.trig", message=Text(en="Changed.", de="Verändert."))


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([INFO, WARNING, KIND, KIND], [KIND, WARNING, INFO]),
        ([EFFECT, CAUSE], [CAUSE, EFFECT]),
        ([INTACT, SEAL, CHANGED], [CHANGED, INTACT, SEAL]),
    ],
    ids=["worst first, without repetition", "cause before what follows", "file with a broken seal before others"],
)
def test_findings_are_sorted(findings: list[Finding], expected: list[Finding]) -> None:
    """By severity and cause, then by file and place."""
    assert sort_findings(findings) == expected


def test_equal_lines_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The report distinguishes them by their constraint component."""
    again = replace(KIND, component=SH.UniqueLangConstraintComponent)
    print_findings([KIND, again], "en", Text(de="Gut.", en="Good."))

    assert capsys.readouterr().out == f"{KIND.line()}\n"
    assert report([KIND, again]).count(b"sh:ValidationResult ;") == 2


def test_report_conforms_without_findings() -> None:
    """An empty report is valid."""
    assert b"sh:conforms true" in report([])


def test_report_is_equal_for_equal_findings() -> None:
    """Whatever their order."""
    assert report([KIND, LONG]) == report([LONG, KIND])


def test_report_holds_a_finding() -> None:
    """Focus node, path, shape, severity and the messages of both languages."""
    quads = list(parse(report([KIND]), RdfFormat.TURTLE))
    about = {(quad.predicate.value.removeprefix(SH.iri), str(quad.object)) for quad in quads}

    assert {
        ("conforms", str(Literal(value=False))),
        ("focusNode", str(ID.coordination)),
        ("resultPath", str(IQ.roleKind)),
        ("resultSeverity", str(SH.Violation)),
        ("sourceShape", str(SHAPES["Role-kind"])),
        ("sourceConstraintComponent", str(SH.SPARQLConstraintComponent)),
        ("resultMessage", '"A role has exactly one kind."@en'),
        ("resultMessage", '"Eine Rolle hat genau eine Art."@de'),
    } <= about


def test_report_writes_a_path_as_shacl_does() -> None:
    """Operators and lists, with stable labels of blank nodes."""
    path = Step("/", (Step("^", (IQ.a,)), Step("|", (IQ.b, RDFS.label))))
    text = report([Finding(KIND.rule, KIND.focus, KIND.message, path)]).decode()

    assert "sh:resultPath ( [ sh:inversePath iq:a ] [ sh:alternativePath ( iq:b rdfs:label ) ] ) ;" in text
