"""Findings as lines and as a report."""

from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from iqgraph.bilingual import Text
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


def with_value(value: Literal) -> Finding:
    """The finding with a value."""
    return Finding(KIND.rule, KIND.focus, KIND.message, KIND.path, value)


def test_line_says_where_and_what() -> None:
    """File, place and message, as promised to scripts."""
    assert KIND.line() == "data/letter/01.trig: id:coordination iq:roleKind: A role has exactly one kind."


def test_line_in_german() -> None:
    """The other language has the same place."""
    assert KIND.line("de") == "data/letter/01.trig: id:coordination iq:roleKind: Eine Rolle hat genau eine Art."


def test_line_has_a_value_that_is_its_own_subject() -> None:
    """If a property has it; what is wrong with a thing as a whole names it once."""
    assert " id:coordination iq:roleKind id:coordination: " in replace(KIND, value=KIND.focus).line()
    assert replace(KIND, path=None, value=KIND.focus).line().count("id:coordination") == 1


def test_line_has_the_value_in_short() -> None:
    """A long value does not hide the message."""
    line = with_value(Literal("x" * 1000)).line()

    assert line.startswith('id:coordination iq:roleKind "xxx')
    assert len(line) < 150


def test_line_is_one_line() -> None:
    """Whatever the value holds."""
    assert "\n" not in with_value(Literal("one\ntwo\r\n\tthree\u2028four")).line()


def test_line_of_a_warning_says_so() -> None:
    """Only what is no breach names its level."""
    warning = Finding(KIND.rule, KIND.focus, KIND.message, severity=SH.Warning)

    assert warning.line() == "warning: id:coordination: A role has exactly one kind."


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (passage_iri("11-jahre-iq", "S24"), "p:S24"),
        (part_iri(passage_iri("11-jahre-iq", "S24"), "selector"), "p:S24#selector"),
        (NamedNode(f"{BASE}graph/source/bqfg"), "graph:source/bqfg"),
        (NamedNode("http://other.example/x"), "<http://other.example/x>"),
    ],
)
def test_short_name(node: NamedNode, name: str) -> None:
    """The prefix that says most, for people to read."""
    assert short_name(node) == name


def test_order_is_worst_first_and_without_repetition() -> None:
    """Then by file and place."""
    info = Finding(KIND.rule, ID.a, KIND.message, severity=SH.Info)
    warning = Finding(KIND.rule, ID.b, KIND.message, severity=SH.Warning)

    assert sort_findings([info, warning, KIND, KIND]) == [KIND, warning, info]


def test_equal_lines_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The report tells them apart by the constraint that is broken."""
    again = replace(KIND, component=SH.UniqueLangConstraintComponent)
    print_findings([KIND, again], "en", Text(de="Gut.", en="Good."))

    assert capsys.readouterr().out == f"{KIND.line()}\n"
    assert report([KIND, again]).count(b"sh:ValidationResult ;") == 2


def test_cause_is_before_what_follows() -> None:
    """A value that is wrong itself, whatever the files are called."""
    effect = replace(KIND, value=ID.kind, file="a.trig")
    cause = replace(KIND, focus=ID.kind, file="b.trig")

    assert sort_findings([effect, cause]) == [cause, effect]


def test_file_with_a_broken_seal_is_before_others() -> None:
    """Of two that contradict each other, it has changed; the seal itself comes last."""
    intact, changed = replace(KIND, file="a.trig"), replace(KIND, file="b.trig")
    seal = replace(KIND, rule=SHAPES["seal"], file="b.trig", message=Text(en="Changed.", de="Verändert."))

    assert sort_findings([intact, seal, changed]) == [changed, intact, seal]


def test_report_conforms_without_findings() -> None:
    """Nothing found is a report too."""
    assert b"sh:conforms true" in report([])


def test_report_is_equal_for_equal_findings() -> None:
    """Whatever their order."""
    other = with_value(Literal("x"))

    assert report([KIND, other]) == report([other, KIND])


def test_report_holds_a_finding() -> None:
    """Focus, path, shape, severity and the messages of both languages."""
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
    """Operators and lists, with labels that stay the same."""
    path = Step("/", (Step("^", (IQ.a,)), Step("|", (IQ.b, RDFS.label))))
    text = report([Finding(KIND.rule, KIND.focus, KIND.message, path)]).decode()

    assert "sh:resultPath ( [ sh:inversePath iq:a ] [ sh:alternativePath ( iq:b rdfs:label ) ] ) ;" in text
