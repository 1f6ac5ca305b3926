"""Rules written as queries: each holds, and finds the breach of its own.

Those of evidence are about the data, those of hygiene about the ontology. The integrity constraints of the RDF Data
Cube Vocabulary, https://www.w3.org/TR/vocab-data-cube/#wf, are about the figures; the queries here are our own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from breaches import BREACHES, STATEMENTS, update
from iqgraph.dataset import UNION, Dataset
from iqgraph.dataset.reading import read
from iqgraph.resources import Rule, evidence_rules, packaged, questions, rdf_files, rules
from iqgraph.terms import BASE, META, PREFIXES, SH
from repository import ROOT

HERE = Path(__file__).parent
CUBE = "http://purl.org/linked-data/cube#"
KINDS = {
    "evidence": evidence_rules(packaged()),
    "hygiene": rules(HERE / "hygiene", "tests/data/hygiene"),
    "cube": rules(HERE / "cube", "tests/data/cube"),
}
RENEW_UNION = "CLEAR DEFAULT ; INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
TABLE = BREACHES.keys() | STATEMENTS.keys()
COLUMNS = {"focus", "path", "value", "graph"}  # those of a finding
Quads = Callable[[str], list[Quad]]

each_kind = pytest.mark.parametrize("kind", KINDS)


def figures(dataset: Dataset) -> Iterator[Quad]:
    """All statements of the few graphs with figures."""
    graphs = {quad.graph_name for quad in dataset.store if quad.predicate.value.startswith(CUBE)} - {UNION, META}
    return (quad for quad in dataset.store if quad.graph_name in graphs)


def uses() -> Iterator[Quad]:
    """The shapes and the queries of the questions, which use terms too, each kind in a graph of its own."""
    shapes = NamedNode(f"{BASE}shapes")
    for file in rdf_files(packaged().shapes, "shapes"):
        yield from (Quad(quad.subject, quad.predicate, quad.object, shapes) for quad in read(file).quads)
    for question in questions(packaged()):
        node = NamedNode(f"{BASE}query/{question.slug}")
        yield Quad(node, SH.select, Literal(question.query), NamedNode(f"{BASE}questions"))


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> Quads:
    """The statements that a kind of rule is about."""

    @cache
    def load(kind: str) -> list[Quad]:
        return list(figures(dataset)) if kind == "cube" else [*dataset.store, *(uses() if kind == "hygiene" else ())]

    return load


def store_with(quads: Iterable[Quad], *updates: str) -> Store:
    """A store of these statements after updates of its named graphs and a new union."""
    store = Store()
    store.bulk_extend(quads)
    for text in (*updates, RENEW_UNION):
        store.update(text)
    return store


def breach(kind: str, rule: Rule) -> str:
    """The update that breaks a rule: from the table of breaches, or a file."""
    if kind == "evidence" and rule.slug in TABLE:
        return update(rule.slug)
    return (HERE / kind / f"{rule.slug}.ru").read_text(encoding="utf-8")


def rows(store: Store, rule: Rule) -> list[dict[str, str]]:
    """The rows that a rule finds: their values by column."""
    answers = store.query(rule.query)
    assert isinstance(answers, QuerySolutions)
    names = [variable.value for variable in answers.variables]
    return [{name: str(row[name]) for name in names if row[name] is not None} for row in answers]


def faults(text: str) -> list[str]:
    """The mistakes in the layout of a query or update: unsorted or unused prefixes, long lines."""
    prefixes = re.findall(r"^PREFIX ([a-z]+): <", text, re.MULTILINE)
    body = re.sub(r"<[^<>\s]*>|^#.*$", "", text, flags=re.MULTILINE)
    messages = [f"{prefix}: is not used" for prefix in prefixes if len(re.findall(rf"\b{prefix}:", body)) < 2]
    messages += ["the prefixes are not sorted"] if prefixes != sorted(prefixes) else []
    return messages + [f"too long: {line}" for line in text.splitlines() if len(line) > 150]


def says_what_it_is(rule: Rule) -> bool:
    """Whether a rule begins with one sentence in English and one in German."""
    first, second, third, *_ = rule.query.splitlines()
    sentences = first == f"# {rule.text.en}" and second == f"# de: {rule.text.de}" and not third.startswith("#")
    return sentences and all(re.fullmatch(r"\S.*[^.]\.", text) and ". " not in text for text in rule.text)


@each_kind
def test_each_rule_has_a_breach(kind: str) -> None:
    """And each breach has a rule."""
    in_table = list(TABLE) if kind == "evidence" else []

    assert sorted([*in_table, *(file.stem for file in (HERE / kind).glob("*.ru"))]) == sorted(
        rule.slug for rule in KINDS[kind]
    )


def test_all_constraints_of_the_cube_are_there() -> None:
    """IC-1 to IC-21."""
    assert [rule.slug[:5] for rule in KINDS["cube"]] == [f"ic-{number:02}" for number in range(1, 22)]


def test_a_rule_about_one_document_is_in_its_folder() -> None:
    """All others name no thing and no passage, so that they apply to other data too."""
    for rule in KINDS["evidence"]:
        query = re.sub(r"(?m)^(#|PREFIX).*", "", rule.query)
        names = re.search(r"\b(?:id|p|g):[\w-]|<https?:[^>]*/(?:id|passage)/[^>]+>", query)
        folder = Path(rule.file).parent.name

        assert bool(names) == (folder != "evidence"), rule.slug
        assert folder == "evidence" or (ROOT / "data" / folder).is_dir(), rule.slug


@each_kind
def test_rules_hold(kind: str, quads: Quads, dataset: Dataset) -> None:
    """The published data has no breaches; the constraints of figures apply to all of it."""
    store = store_with(quads(kind)) if kind == "hygiene" else dataset.store

    assert {rule.slug: breaches for rule in KINDS[kind] if (breaches := rows(store, rule))} == {}


@pytest.mark.parametrize("kind", ["evidence", "hygiene"])
def test_rules_find_their_breaches(kind: str, quads: Quads) -> None:
    """With all breaches together each rule finds one, and each row of a rule of evidence has a focus."""
    store = store_with(quads(kind), *(breach(kind, rule) for rule in KINDS[kind]))
    hits = {rule.slug: rows(store, rule) for rule in KINDS[kind]}

    assert [slug for slug, each in hits.items() if not each] == []
    assert kind != "evidence" or [slug for slug, each in hits.items() if not all("focus" in row for row in each)] == []


def test_an_island_is_one_breach(quads: Quads) -> None:
    """One link would repair it, whatever its size."""
    island = """PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
        PREFIX id: <https://w3id.org/iq-hessen/id/>
        PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
        INSERT DATA { GRAPH g:S30 {
            id:advice a iq:Offer ; iq:withinProgramme id:help .
            id:help a iq:FundingProgramme .
            id:praise a iq:Assessment ; iq:about id:advice .
        } }"""
    (rule,) = (one for one in KINDS["evidence"] if one.slug == "no-island")

    assert len(rows(store_with(quads("evidence"), island), rule)) == 1


@pytest.mark.parametrize(
    ("value", "is_found"),
    [
        ('iq:share "0.5"', True),
        ("iq:firstOccurrence true", False),
        ("iq:firstOccurrence 1", True),
        ("iq:hasSeat id:involas", True),
        ("iq:amount 3.5", False),
        ("iq:amount 3", False),  # an integer is a decimal
        ("iq:count 3.5", True),
    ],
)
def test_value_is_of_a_kind_that_its_property_leads_to(quads: Quads, value: str, is_found: bool) -> None:
    """Each alternative of the rule accepts its own values and no others."""
    (rule,) = (one for one in KINDS["evidence"] if one.slug == "value-fits")
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("id", "iq"))
    update = f"{prefixes}INSERT DATA {{ GRAPH <{BASE}graph/11-jahre-iq/S24> {{ id:planted {value} }} }}"

    assert bool(rows(store_with(quads("evidence"), update), rule)) is is_found


def test_constraints_of_the_cube_find_their_breaches(quads: Quads) -> None:
    """Each by itself, since one breach may hide another."""
    alone = {rule.slug: store_with(quads("cube"), breach("cube", rule)) for rule in KINDS["cube"]}

    assert [rule.slug for rule in KINDS["cube"] if not rows(alone[rule.slug], rule)] == []


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("kind", "rule"), [pytest.param(kind, one, id=one.slug) for kind in ("evidence", "hygiene") for one in KINDS[kind]]
)
def test_rule_finds_its_own_breach(kind: str, rule: Rule, quads: Quads) -> None:
    """Without the breaches of other rules."""
    assert rows(store_with(quads(kind), breach(kind, rule)), rule)


@each_kind
def test_rules_have_the_common_layout(kind: str) -> None:
    """Two sentences, sorted prefixes, and for evidence only the columns of a finding."""
    for rule in KINDS[kind]:
        answers = Store().query(rule.query)

        assert isinstance(answers, QuerySolutions), rule.slug
        assert kind != "evidence" or {one.value for one in answers.variables} <= COLUMNS, rule.slug
        assert says_what_it_is(rule), rule.slug
        assert faults(rule.query) == [], rule.slug
        assert rule.slug in TABLE or faults(breach(kind, rule)) == [], rule.slug
