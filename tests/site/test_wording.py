"""Shapes in words: correct, in both languages, and nothing of a shape without words."""

from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset, load
from iqgraph.engine.neighbourhood import name
from iqgraph.reference.constraints import Constraint, Shape, properties, read_shapes
from iqgraph.reference.phrases import PATTERNS, things, times
from iqgraph.reference.reused import NAMES, reused_name
from iqgraph.reference.wording import Wording, calling, unworded
from iqgraph.resources import packaged
from iqgraph.terms import BASE, DCTERMS, IQ, RDF, RDFS, SH, SHAPES, SKOS, XSD, is_derived


@cache
def wording() -> Wording:
    """The shapes of the project, ready to be put into words."""
    return Wording(calling(load()), read_shapes(packaged()))


def shape(*constraints: Constraint, path: NamedNode | None = SKOS.prefLabel) -> Shape:
    """A shape made for a test."""
    return Shape(SHAPES.X, path, (), (), constraints, None, SH.Violation)


def number(value: int) -> Literal:
    """A whole number."""
    return Literal(value)


# What shapes say of an organisation, clause by clause.
SENTENCES = {
    "Labelled-prefLabel": (
        [
            "An organisation has “preferred label” exactly once in German and exactly once in English",
            "each value has the datatype “text in a language”",
            "each value has at most 120 characters",
            "each value has no space at either end",
        ],
        [
            "Eine Organisation hat „bevorzugte Bezeichnung“ genau einmal auf Deutsch und genau einmal auf Englisch",
            "jeder Wert hat den Datentyp „Text in einer Sprache“",
            "jeder Wert hat höchstens 120 Zeichen",
            "jeder Wert hat keine Leerzeichen am Rand",
        ],
    ),
    "Labelled-acronym": (
        [
            "An organisation may have “acronym”, any number of times, in German or in English",
            "each value has the datatype “text in a language”",
            "none of them is also a value of “preferred label”",
            "each value has no space at either end",
        ],
        [
            "Eine Organisation kann „Kurzform“ haben, beliebig oft, auf Deutsch oder auf Englisch",
            "jeder Wert hat den Datentyp „Text in einer Sprache“",
            "keiner davon ist zugleich Wert von „bevorzugte Bezeichnung“",
            "jeder Wert hat keine Leerzeichen am Rand",
        ],
    ),
    "Thing-during": (
        [
            "An organisation has “time span” at most once",
            "each value is of the class “time span”",
        ],
        [
            "Eine Organisation hat „Zeitraum“ höchstens einmal",
            "jeder Wert gehört zur Klasse „Zeitspanne“",
        ],
    ),
    "Thing-jointlyWith": (
        [
            "An organisation may have “jointly with”, any number of times",
            "each value is of the class “actor group”",
        ],
        [
            "Eine Organisation kann „gemeinsam mit“ haben, beliebig oft",
            "jeder Wert gehört zur Klasse „Akteursgruppe“",
        ],
    ),
    "UnsealedGraph-checksum": (
        [
            "An organisation does not have “checksum”",
        ],
        [
            "Eine Organisation hat „Prüfsumme“ nicht",
        ],
    ),
    "RoleAssignment-roleIn": (
        [
            "An organisation has “role in” at least once",
            "this holds for each value: A role exists in a network, programme, offer or project",
        ],
        [
            "Eine Organisation hat „Rolle in“ mindestens einmal",
            "für die Werte gilt: Eine Rolle besteht in einem Netzwerk, Programm, Angebot oder Projekt",
        ],
    ),
    "Seat-office": (
        [
            "An organisation reaches at least one thing by “has seat” (read backwards)",
        ],
        [
            "Eine Organisation erreicht mindestens ein Ding über „hat Sitz“ (rückwärts gelesen)",
        ],
    ),
    "AmendingAct-amendsNoCircle": (
        [
            "An organisation reaches any number of things by “amends” (read backwards), once or several times over",
            "none of them is also a value of “amends”",
        ],
        [
            (
                "Eine Organisation erreicht beliebig viele Dinge über „ändert“ (rückwärts gelesen), "
                "ein- oder mehrmals hintereinander"
            ),
            "keiner davon ist zugleich Wert von „ändert“",
        ],
    ),
    "TextPositionSelector-start": (
        [
            "An organisation has “first character” exactly once",
            "each value has the datatype “whole number”",
            "each value is less than any of “last character before”",
            "each value is at least 0",
        ],
        [
            "Eine Organisation hat „beginnt mit Zeichen“ genau einmal",
            "jeder Wert hat den Datentyp „ganze Zahl“",
            "jeder Wert ist kleiner als jeder von „endet vor Zeichen“",
            "jeder Wert ist mindestens 0",
        ],
    ),
    "RoleAssignmentHolder": (
        ["An organisation: exactly one of these holds: (1) There is a holder, (2) The holder is not named"],
        ["Eine Organisation: genau eines davon gilt: (1) Es gibt einen Inhaber, (2) Der Inhaber bleibt ungenannt"],
    ),
    "Organization": (
        [
            "An organisation has no other properties than those below",
        ],
        [
            "Eine Organisation hat keine anderen Eigenschaften als die darunter",
        ],
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    """What shapes of the project say, word for word."""
    subject = wording().subject(wording().shapes[SHAPES.Organization])

    en, de = (f"{'; '.join(clauses)}." for clauses in SENTENCES[name])

    assert wording().sentence(wording().shapes[SHAPES[name]], subject) == Text(de=de, en=en)


def test_every_shape_has_a_sentence() -> None:
    """Nothing is left empty, unfilled or without its name in plain words."""
    marks = ("{", "}", "None", "_:", "http", "sh:", "^", "“”", "„“", "..")
    texts = [(one.name, text) for one in wording().shapes.values() for text in _sentence(one)]

    assert texts
    assert [(name, text) for name, text in texts if not text.endswith(".")] == []
    assert [(name, text) for name, text in texts if any(mark in text for mark in marks)] == []
    assert [one.name for one in wording().shapes.values() if len(set(_sentence(one))) < 2] == []


def _sentence(one: Shape) -> Text:
    return wording().sentence(one, wording().subject(one))


def test_every_constraint_has_words() -> None:
    """A parameter that shapes use and nobody can read would be found here."""
    assert unworded(wording().shapes.values()) == set()


def test_a_constraint_without_words_is_found() -> None:
    """The check itself works, and the page shows such a constraint by its name."""
    odd = shape(Constraint(SH.minLength, (number(3),)))

    assert unworded([odd]) == {"sh:minLength"}
    assert wording().sentence(odd).en.endswith("; sh:minLength 3.")


def test_every_pattern_has_words() -> None:
    """No reader has to know regular expressions; and no words stay for a pattern that is gone."""
    used = {
        value.value for one in wording().shapes.values() for value in one.get(SH.pattern) if isinstance(value, Literal)
    }

    assert used == PATTERNS.keys()


def test_a_pattern_without_words_is_shown() -> None:
    """An unknown pattern is said as it is, even with braces."""
    assert wording().sentence(shape(Constraint(SH.pattern, (Literal("^a{2}$"),)))).en.endswith("matches ^a{2}$.")


def test_every_closed_shape_says_what_it_is_about() -> None:
    """The message of a closed shape begins with its subject, from which the sentences take it."""
    closed = [one for one in wording().shapes.values() if one.get(SH.closed)]

    assert closed
    assert [one.name for one in closed if wording().subject(one).en in ("A thing", "It")] == []


@pytest.mark.parametrize(
    ("least", "most", "en", "de"),
    [
        (1, 1, "exactly once", "genau einmal"),
        (2, 2, "exactly twice", "genau zweimal"),
        (3, 3, "exactly 3 times", "genau 3-mal"),
        (1, None, "at least once", "mindestens einmal"),
        (0, 1, "at most once", "höchstens einmal"),
        (0, 4, "at most 4 times", "höchstens 4-mal"),
        (1, 3, "at least once and at most 3 times", "mindestens einmal und höchstens 3-mal"),
    ],
)
def test_times(least: int, most: int | None, en: str, de: str) -> None:
    """How often, in words."""
    assert times(least, most) == Text(de=de, en=en)


@pytest.mark.parametrize(
    ("least", "most", "en", "de"),
    [
        (1, 1, "exactly one thing", "genau ein Ding"),
        (2, None, "at least two things", "mindestens zwei Dinge"),
        (None, 3, "at most 3 things", "höchstens 3 Dinge"),
        (None, 0, "nothing", "nichts"),
        (None, None, "any number of things", "beliebig viele Dinge"),
    ],
)
def test_things(least: int | None, most: int | None, en: str, de: str) -> None:
    """How many, in words."""
    assert things(least, most) == Text(de=de, en=en)


def test_targets() -> None:
    """What a shape looks at, in words."""
    assert wording().target(SH.targetClass, IQ.Offer).de == "alles aus der Klasse „Angebot“"
    assert wording().target(SH.targetSubjectsOf, DCTERMS.description).en == "all that has “description”"


def test_names(dataset: Dataset) -> None:
    """Ours by their labels, those of others by what they are called here, the rest by their short names."""
    call = calling(dataset)

    assert call(IQ.Offer) == Text(de="Angebot", en="offer")
    assert call(SKOS.prefLabel) == Text(de="bevorzugte Bezeichnung", en="preferred label")
    assert call(XSD.byte) == ("xsd:byte", "xsd:byte")
    assert reused_name(RDFS.member) is None


def test_every_term_that_shapes_speak_of_has_a_name(dataset: Dataset) -> None:
    """Terms of other vocabularies too, so that no sentence shows a prefix."""
    listed = dataset.values(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    spoken = {node for one in wording().shapes.values() for node in {*one.terms(), *properties(one.path)}}
    foreign = {node for node in {*spoken, *listed} if isinstance(node, NamedNode) and not node.value.startswith(BASE)}

    assert {node.value for node in foreign if not reused_name(node)} - {SH.IRI.value} == set()
    assert all(text and text == text.strip() for name in NAMES.values() for text in name)


def test_every_term_that_statements_use_has_a_name(dataset: Dataset) -> None:
    """Derived statements too, so that a table of statements reads as words; ours and theirs are told apart."""
    used = {one for triple in dataset.triples() for one in (triple.predicate, _class(triple)) if one}
    ours = {name(dataset, one, "de") for one in used if one in IQ}
    foreign = {one: reused_name(one) for one in used if not one.value.startswith(BASE)}
    followed = [quad.triple for quad in dataset.store if is_derived(quad.graph_name)]
    derived = {one for triple in followed for one in (triple.predicate, _class(triple)) if one}

    assert [one.value for one, known in foreign.items() if not known] == []
    assert [one.value for one, known in foreign.items() if one in derived and known and known.de in ours] == []


def _class(triple: Triple) -> NamedNode | None:
    return triple.object if triple.predicate == RDF.type and isinstance(triple.object, NamedNode) else None
