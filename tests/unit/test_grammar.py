"""The rewriting of queries: abbreviations are expanded."""

import pytest

from iqgraph.engine.errors import NotExplained
from iqgraph.engine.evidence.grammar import FIRST, NIL, REST, TYPE, Parser
from iqgraph.engine.evidence.paths import Path
from iqgraph.engine.evidence.rewriting import Rewriting


def read(text: str) -> list[tuple[str, str, str]]:
    """The triple patterns of a text; paths are as in the text."""
    return [
        (subject, predicate.text if isinstance(predicate, Path) else predicate, value)
        for subject, predicate, value in Parser(text).triples_same_subject()
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?s :p ?o", [("?s", ":p", "?o")]),
        ("$s a :C", [("?s", TYPE, ":C")]),
        ("?s :p ?o, 1 ; :q 'x'@de-AT ;", [("?s", ":p", "?o"), ("?s", ":p", "1"), ("?s", ":q", "'x'@de-AT")]),
        ('?s ?p "1"^^xsd:byte', [("?s", "?p", '"1"^^xsd:byte')]),
        ("?s :p -1.5e3, true", [("?s", ":p", "-1.5e3"), ("?s", ":p", "true")]),
        ("?s :p .5, -.5", [("?s", ":p", ".5"), ("?s", ":p", "-.5")]),
        ("?s # why\n :p <x#y>", [("?s", ":p", "<x#y>")]),
        ("_:b :p _:b", [("?w0_1", ":p", "?w0_1")]),
        ("[ :p ?o ]", [("?w0_1", ":p", "?o")]),
        ("[] :p [ a :C ; :q ?x ]", [("?w0_1", ":p", "?w0_2"), ("?w0_2", TYPE, ":C"), ("?w0_2", ":q", "?x")]),
        ("() :p ()", [(NIL, ":p", NIL)]),
        (
            "?s :p ( ?x 1 )",
            [
                ("?s", ":p", "?w0_1"),
                ("?w0_1", FIRST, "?x"),
                ("?w0_1", REST, "?w0_2"),
                ("?w0_2", FIRST, "1"),
                ("?w0_2", REST, NIL),
            ],
        ),
        ("?s :p/:q ?o", [("?s", ":p", "?w0_1"), ("?w0_1", ":q", "?o")]),
        ("?s ^:p ?o", [("?o", ":p", "?s")]),
        ("?s (a) ?o", [("?s", TYPE, "?o")]),
        ("?s ^(:p/^:q) ?o", [("?o", ":p", "?w0_1"), ("?s", ":q", "?w0_1")]),
        ("?s :p+/a? ?o", [("?s", ":p+", "?w0_1"), ("?w0_1", "a?", "?o")]),
        ("?s (:p|^:q)* ?o", [("?s", "(:p|^:q)*", "?o")]),
        ("?s !(:p|^a) ?o", [("?s", "!(:p|^a)", "?o")]),
    ],
)
def test_abbreviations_are_expanded(text: str, expected: list[tuple[str, str, str]]) -> None:
    """Lists of objects and predicates, blank nodes, collections, and sequence paths."""
    assert sorted(read(text)) == sorted(expected)


def test_new_variables_are_unique() -> None:
    """Even if the query has variables with such names."""
    assert read("?w0_1 :p []") == [("?w0_1", ":p", "?w1_1")]


@pytest.mark.parametrize("text", ["?s :p", "?s :p )", "?s ( :p ?o", "<< ?s :p ?o >> :q ?x", "?s :p ?o {| :q ?x |}"])
def test_unsupported_syntax_is_refused(text: str) -> None:
    """Such as terms of SPARQL 1.2."""
    with pytest.raises(NotExplained):
        Rewriting(f"{{ {text} }}").group()
