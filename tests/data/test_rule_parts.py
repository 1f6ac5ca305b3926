"""The parts of the rules of evidence: each row of a table and each alternative has a purpose."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from iqgraph.dataset import Dataset
from iqgraph.resources import evidence_rules, packaged
from iqgraph.terms import GRAPH, ID, ONTOLOGY, PREFIXES
from test_rules import breach, store_with

RULES = {rule.slug: rule for rule in evidence_rules(packaged())}
DAY, YEAR = '"2013-01-02"^^xsd:date', '"2013"^^xsd:gYear'
# A row that another one implies, since a document of ours is a document like any other.
IMPLIED = {"graph-source": "(prov:wasDerivedFrom iq:Document)"}
OF_ONTOLOGY = {"scheme-known", "top-concept"}
# The properties that each kind of event needs.
EVENTS = {
    "commissioning": "iq:concerns iq:recipient",
    "concept-takeover": "iq:concerns prov:wasAssociatedWith",
    "conference-day": "iq:during",
    "continuation": "iq:concerns prov:wasAssociatedWith",
    "coordination-transfer": "iq:concerns iq:recipient iq:resultedIn",
    "entry-into-force": "iq:concerns",
    "first-effect": "iq:concerns iq:during",
    "funding-round": "iq:concerns iq:during",
    "network-meeting": "iq:during",
    "offer-creation": "iq:resultedIn",
    "office-opening": "iq:concerns",
    "portfolio-extension": "iq:concerns iq:resultedIn",
    "programme-launch": "iq:concerns iq:during",
    "project-closing": "iq:concerns iq:during",
    "renaming": "iq:concerns iq:during",
    "structure-building": "iq:resultedIn",
    "submission-deadline": "iq:concerns iq:during",
    "succession": "iq:concerns iq:resultedIn",
    "transformation": "iq:changedInto iq:concerns iq:during",
}


def each(statements: str, words: str) -> list[str]:
    """The statements with each of the words."""
    return [statements.replace("WORD", word) for word in words.split()]


# By rule, statements about a thing, one for each part of the rule, which has to find them all.
BREACHES = {
    "both-languages": each('WORD "x"@de', "dcterms:description skos:scopeNote"),
    "concept-of-scheme": each(
        "WORD concept:nothing",
        "org:classification dcterms:rights iq:actionField iq:amountKind iq:caseGroup iq:eventKind iq:figure iq:focus "
        "iq:includesKind iq:level iq:legalBasis iq:modality iq:offerType iq:precision iq:roleKind iq:shareOf iq:theme "
        "iq:unit iq:vagueness",
    ),
    "dates-agree": each(f"WORD {YEAR} , {DAY.replace('3', '4')}", "dcat:endDate dcat:startDate"),
    "dates-told": each(
        f'a iq:TimeSpan ; skos:prefLabel "2011 to 2012"@en ; dcterms:description "x"@en ; WORD {YEAR}',
        "dcat:endDate dcat:startDate",
    ),
    "deed-no-duty": [
        *each("a iq:Activity ; WORD id:x", "iq:partOfTask iq:taskOf"),
        "a iq:Task ; prov:wasAssociatedWith id:x",
    ],
    "event-complete": [
        f"iq:eventKind concept:{kind}" + "".join(f" ; {other} id:x" for other in paths.split() if other != path)
        for kind, paths in EVENTS.items()
        for path in paths.split()
    ],
    "links-outside": each(
        "WORD <http://x.example/>", "owl:sameAs skos:broadMatch skos:closeMatch skos:exactMatch skos:relatedMatch"
    ),
    "no-circle": each(
        "WORD id:y . id:y WORD ?s",
        "dcterms:isPartOf iq:partOfTask iq:startsWithin iq:after iq:amends iq:changedInto iq:continuedAs "
        "iq:corroborates iq:occasionedBy schema:containedInPlace rdfs:subClassOf rdfs:subPropertyOf skos:broader",
    ),
    "not-persons": [
        *each("a WORD", "foaf:Person prov:Person schema:MonetaryAmount schema:Person"),
        *each("WORD 5", "schema:amount schema:funding schema:price schema:value foaf:member schema:employee"),
        "schema:member id:x",
        *each('iq:note "9 WORD"', "€ EUR Euro Mio"),
    ],
    "part-of-one": [
        *each("WORD id:x", "oa:hasSelector spdx:checksum qb:dataSet"),
        *each("a WORD", "oa:TextPositionSelector spdx:Checksum"),
    ],
    "passage-graph-own-content": each(
        'WORD "x"',
        "dcterms:description dcterms:identifier foaf:page owl:sameAs prov:wasDerivedFrom rdfs:seeAlso schema:url "
        "skos:broadMatch skos:closeMatch skos:definition skos:exactMatch skos:hiddenLabel skos:notation "
        "skos:relatedMatch skos:scopeNote",
    ),
    "passage-graph-language": [
        (
            f'iq:note "Wort"@de . <{GRAPH.iri}11-jahre-iq/S24> prov:wasDerivedFrom id:y . id:y oa:hasSource id:y ; '
            "dcterms:language <http://publications.europa.eu/resource/authority/language/ENG>"
        ),
    ],
    "pointed-at": each(
        "a WORD",
        "cv:PublicOrganisation iq:ActorGroup iq:AmendingAct iq:CoordinationOffice iq:FundingInstrument "
        "iq:FundingProgramme iq:Goal iq:LegalAct iq:NetworkFamily iq:Offer iq:Portfolio iq:Project iq:RegionalNetwork "
        "iq:ServiceCentre iq:TargetGroup org:Organization",
    ),
    "reused-value-fits": each(
        "WORD true",
        "dcat:endDate dcat:startDate dcterms:description dcterms:identifier dcterms:title eli:date_document "
        "eli:date_publication eli:first_date_entry_in_force oa:end oa:start skos:altLabel skos:definition "
        "skos:hiddenLabel skos:prefLabel skos:scopeNote spdx:checksumValue time:hasXSDDuration void:triples",
    ),
    "scheme-known": [
        *each("WORD id:x", "skos:inScheme skos:topConceptOf"),
        "skos:topConceptOf concept:theme",
        "skos:topConceptOf id:x ; skos:inScheme id:x",
    ],
    "secondary-source": [
        "prov:wasDerivedFrom id:x . id:x dcterms:rights concept:own-words ; dcterms:type concept:authority",
        "prov:hadPrimarySource id:y . id:y dcterms:rights concept:own-words ; dcterms:type concept:secondary-source",
    ],
    "top-concept": ["skos:topConceptOf concept:theme", "skos:hasTopConcept concept:theme"],
    "unnamed-agent": each(
        "iq:vagueness concept:unnamed-agent ; WORD id:x", "iq:jointlyWith iq:providedBy prov:wasAssociatedWith"
    ),
    "used": each(
        "a WORD",
        "foaf:Document iq:ActorGroup iq:FundingInstrument iq:FundingPeriod iq:Goal iq:Seat iq:TargetGroup iq:TimeSpan "
        "schema:AdministrativeArea schema:City schema:Country dcterms:Location",
    ),
}


def name(slug: str, number: int) -> str:
    """The name of the thing that a breach is about."""
    return f"breach-{slug}-{number}"


def update(slug: str) -> str:
    """The update with all breaches of a rule, each about a thing of its own."""
    graph = ONTOLOGY if slug in OF_ONTOLOGY else GRAPH["11-jahre-iq/S24"]
    triples = [
        f"?s {statements} .".replace("?s", f"id:{name(slug, number)}").replace("id:y", f"id:{name(slug, number)}-y")
        for number, statements in enumerate(BREACHES[slug])
    ]
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return f"{prefixes}INSERT DATA {{ GRAPH {graph} {{ {' '.join(triples)} }} }}"


def rows(store: Store, query: str) -> set[tuple[str, ...]]:
    """The rows of an answer."""
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)
    return {tuple(str(one) for one in row) for row in solutions}


@pytest.fixture(scope="module")
def broken_data(dataset: Dataset) -> Store:
    """The data with all breaches, and those in the files beside the rules."""
    updates = [*map(update, BREACHES), *(breach("evidence", rule) for rule in RULES.values())]
    return store_with(dataset.store, *updates)


def parts(query: str) -> Iterator[str]:
    """The query with one part left out at a time: a row of a table, an alternative."""
    for table in re.finditer(r"VALUES [^{]*\{([^}]*)\}", query):
        rows = list(re.finditer(r"\([^)]*\)|(?<![(\w])[\w-]+:[\w-]+", table[1]))
        for row in rows if len(rows) > 1 else []:
            start = table.start(1)
            yield query[: start + row.start()] + query[start + row.end() :]
    for branch in re.finditer(r"\{[^{}]*\}\s*UNION|UNION\s*\{[^{}]*\}(?!\s*UNION)", query):
        yield query[: branch.start()] + query[branch.end() :]


def variants(slug: str) -> list[tuple[str, str]]:
    """The rule with its query, once without each of its parts."""
    return [(slug, query) for query in parts(RULES[slug].query) if IMPLIED.get(slug, slug) in f"{slug} {query}"]


# Rules about one document list its things, so they are left out.
PARTS = [one for slug, rule in RULES.items() if Path(rule.file).parent.name == "evidence" for one in variants(slug)]


@pytest.mark.parametrize("slug", BREACHES)
def test_each_breach_is_found(broken_data: Store, slug: str) -> None:
    """The rule finds the thing of each breach."""
    answers = broken_data.query(RULES[slug].query)
    assert isinstance(answers, QuerySolutions)
    foci = {row["focus"] for row in answers}

    assert [one for number, one in enumerate(BREACHES[slug]) if ID[name(slug, number)] not in foci] == []


@pytest.mark.parametrize(("slug", "query"), PARTS, ids=[f"{slug}-{n}" for n, (slug, _) in enumerate(PARTS)])
def test_each_part_is_needed(broken_data: Store, slug: str, query: str) -> None:
    """Without the part the rule finds something else."""
    assert rows(broken_data, query) != rows(broken_data, RULES[slug].query)
