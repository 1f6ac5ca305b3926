"""Breaches of the rules of evidence, one for each part of a rule, and the updates that make them."""

from iqgraph.terms import GRAPH, ONTOLOGY, PREFIXES

DAY, YEAR = '"2013-01-02"^^xsd:date', '"2013"^^xsd:gYear'
OF_ONTOLOGY = {"no-dangling", "scheme-known", "top-concept"}
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

COUNT = ("iq:countOf", "iq:countScope", "iq:during")
ASKING = (
    *("by whom", "for what", "for which", "from what", "from when", "from whom", "how", "that", "what", "when"),
    *("where", "whether", "which", "who", "why"),
)
SAYS = (
    *("the text does not say", "no sentence says", "no source says", "neither source says", "neither says"),
    "none of the sources says",
)


def each(statements: str, words: str) -> list[str]:
    """The statements with each of the words."""
    return [statements.replace("WORD", word) for word in words.split()]


# By rule, statements about a thing, one for each part of the rule, which has to find them all.
BREACHES = {
    "both-languages": [
        *each('WORD "x"@de', "dcterms:description skos:scopeNote"),
        'a sh:SPARQLExecutable ; rdfs:label "x"@de , "x"@en',
    ],
    "concept-of-scheme": each(
        "WORD concept:level",
        "org:classification dcterms:rights iq:actionField iq:amountKind iq:caseGroup iq:eventKind iq:figure iq:focus "
        "iq:includesKind iq:level iq:legalBasis iq:modality iq:offerType iq:precision iq:roleKind iq:shareOf iq:theme "
        "iq:unit iq:vagueness",
    ),
    "count-complete": [
        "a iq:CountStatement ; " + " ; ".join(f"{path} id:x" for path in COUNT if path != missing) for missing in COUNT
    ],
    "count-members": [
        "iq:count 1 ; iq:knownMember id:y , id:y2",
        "iq:count 1 ; iq:countOf iq:Offer ; iq:knownMember id:y",
    ],
    "dates-agree": each(f"WORD {YEAR} , {DAY.replace('3', '4')}", "dcat:endDate dcat:startDate"),
    "dates-complete": [
        f"a iq:TimeSpan ; skos:prefLabel {label}"
        for label in (
            f'"2013"@en ; dcat:endDate {YEAR}',
            f'"2013"@en ; dcat:startDate {YEAR}',
            *each('"WORD 2013"@de', "bis until"),
            *each(f'"WORD 2013"@de ; dcat:startDate {YEAR} ; dcat:endDate {YEAR}', "seit since"),
        )
    ],
    "dates-ordered": [
        f'dcat:startDate "{start}" ; dcat:endDate "{end}"'
        for start, end in (
            *(("2014", "2013"), ("2014-02", "2014-01"), ("2014-02-02", "2014-02-01")),
            *(("2014", "2013-12-31"), ("2014-02-01", "2014-01")),
        )
    ],
    "dates-told": each(
        f'a iq:TimeSpan ; skos:prefLabel "2011 to 2012"@en ; dcterms:description "x"@en ; WORD {YEAR}',
        "dcat:endDate dcat:startDate",
    ),
    "deed-no-duty": [
        *each("a iq:Activity ; WORD id:x", "iq:partOfTask iq:taskOf"),
        "a iq:Task ; prov:wasAssociatedWith id:x",
    ],
    "english-order": [
        *(
            f'iq:note "x{start}{asking} it was the article does not say."@en'
            for start in (". ", ": ", "; ")
            for asking in ASKING
        ),
        *(f'iq:note "Why it was {says}{stop}"@en' for says in SAYS for stop in ".:;"),
    ],
    "event-complete": [
        f"iq:eventKind concept:{kind}" + "".join(f" ; {other} id:x" for other in paths.split() if other != path)
        for kind, paths in EVENTS.items()
        for path in paths.split()
    ],
    "hidden-not-shown": each('skos:hiddenLabel "x" ; WORD "x"', "iq:acronym skos:altLabel"),
    "language-plausible": [
        *each('iq:note "x WORD x"@de', "and of on the to which with"),
        'iq:note "The x"@de',
        *each('iq:note "x WORD x"@en', "das den der einer für im ist und von zur"),
        *each('iq:note "WORD x"@en', "Das Der Ein Eine"),
    ],
    "language-tag": each("iq:note WORD", '"x"@fr "x"'),
    "links-outside": each(
        "WORD <http://x.example/>", "owl:sameAs skos:broadMatch skos:closeMatch skos:exactMatch skos:relatedMatch"
    ),
    "no-circle": each(
        "WORD id:y . id:y WORD ?s",
        "dcterms:isPartOf iq:partOfTask iq:startsWithin iq:after iq:amends iq:changedInto iq:continuedAs "
        "iq:corroborates iq:occasionedBy schema:containedInPlace rdfs:subClassOf rdfs:subPropertyOf skos:broader",
    ),
    "no-dangling": ["iq:roleIn id:netzwerk-hessen", "dcterms:references p:S999"],
    "not-persons": [
        *each("a WORD", "foaf:Person prov:Person schema:MonetaryAmount schema:Person"),
        *each("WORD 5", "schema:amount schema:funding schema:price schema:value foaf:member schema:employee"),
        "schema:member id:x",
        *each('iq:note "9 WORD"', "€ EUR Euro Mio"),
    ],
    "name-unique": ['a iq:Offer ; skos:prefLabel "Xy"@de . id:y a iq:Offer ; skos:prefLabel "xY"@de'],
    "one-land": [
        "schema:areaServed id:y , id:y2 . id:y a schema:AdministrativeArea . id:y2 a schema:AdministrativeArea"
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
    "starts-together": [
        f"time:intervalStarts id:y ; {own} . id:y {other}"
        for own, other in (
            ('dcat:startDate "2014"', 'dcat:startDate "2013"'),
            ('dcat:startDate "2013"', 'dcat:startDate "2014"'),
            ('dcat:endDate "2014"', 'dcat:endDate "2013-12"'),
        )
    ],
    "text-clean": [
        f'iq:note "{text}"@en'
        for text in (
            "",
            "TODO",
            " x",
            "x ",
            "x  x",
            r"x\nx",
            r"x\rx",
            r"x\tx",
            "x\N{COMBINING ACUTE ACCENT}",
            "x\N{SOFT HYPHEN}",
            r"x\u0007",
            r"x\uE000",
        )
    ],
    "text-typographic": [
        *(f'iq:note "{text}"@{tag}' for text in (r"x \"y\"", "x - y", "2013-2014", "x...") for tag in ("de", "en")),
        """iq:note "x's"@de""",
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


# By rule, the graph and the statements that break it.
STATEMENTS = {
    "concept-used": "graph:ontology { concept:unheard-of a skos:Concept }",
    "connected": "g:S24 { id:handover a iq:Event ; iq:eventKind concept:coordination-transfer }",
    "continuation-told": "g:S39 { id:servicestelle-pflege iq:continuedAs id:qualifizierungsbegleitung-pflege }",
    "coordination-role": "g:S44 { id:administration-bamf a iq:CoordinationRole }",
    "descriptions": 'graph:names\\/11-jahre-iq { id:offenbach dcterms:description "Eine Stadt am Main."@de }',
    "document-told-apart": 'graph:passages\\/minutes { id:minutes a iq:Document ; iq:acronym "involas"@de }',
    "graph-described": "<https://w3id.org/iq-hessen/graph/11-jahre-iq/S51> { id:involas a org:Organization }",
    "graph-source": "graph:meta { g:S24 prov:wasDerivedFrom p:S33 }",
    "known-class": "g:S24 { id:network-hessen a iq:RegionalNetwrok }",
    "known-property": "g:S24 { id:coordination iq:rolHolder id:involas }",
    "meta-graph": "graph:meta { id:involas schema:areaServed id:hessen }",
    "names-graph": "graph:names\\/11-jahre-iq { id:mazab iq:withinProgramme id:iq }",
    "names-not-repeated": 'graph:names\\/11-jahre-iq { id:offenbach skos:prefLabel "Offenbach"@de }',
    "no-blank-node": "g:S24 { id:coordination iq:during [] }",
    "no-stray-link": "g:S24 { id:coordination iq:roleHolder <https://w3id.org/iq-hesen/id/involas> }",
    "not-a-period": "g:S40 { id:span-2019-2022 a iq:FundingPeriod }",
    "not-dated": "g:S11 { id:hbqfg iq:entryIntoForce id:bqfg-entry-into-force }",
    "not-ended": 'g:S24 { id:since-2013 dcat:endDate "2025"^^xsd:gYear }',
    "not-in-hesse": "g:S40 { id:mazab schema:areaServed id:hessen }",
    "not-in-text": 'g:S37 { id:involas skos:altLabel "INBAS"@de }',
    "not-single": "g:S17 { id:information-office-north a iq:InformationOffice }",
    "not-succession": "g:S40 { id:mazab dcterms:relation id:maia-berlin }",
    "notes-graph": "graph:notes\\/11-jahre-iq { id:feg a iq:LegalAct }",
    "ontology-graph": "graph:ontology { id:involas a org:Organization }",
    "open-once": "g:S16 { id:information-offices-setup iq:during id:year-2019 }",
    "passage-graph-says-more": "g:S41 { id:offenbach a schema:City }",
    "passage-graph-typed": 'g:S41 { id:offenbach skos:altLabel "Offenbach"@de }',
    "passage-has-graph": "g:S46 { id:involas a org:Organization }",
    "passages-graph": "graph:passages\\/11-jahre-iq { id:involas a org:Organization }",
    "read-with-another": "graph:meta { <https://w3id.org/iq-hessen/graph/11-jahre-iq/S27#c1> iq:readWith p:S27 }",
    "statement-is-own": "g:S02 { <https://w3id.org/iq-hesen/id/involas> a org:Organization }",
    "subject-fits": "g:S24 { id:involas iq:roleHolder id:involas }",
    "typed": 'graph:names\\/11-jahre-iq { id:involaz skos:prefLabel "involas"@en }',
    "types-compatible": "g:S26 { id:offenbach a org:Organization }",
}


def update(slug: str) -> str:
    """The update with all breaches of a rule, each about a thing of its own."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    if slug in STATEMENTS:
        return f"{prefixes}INSERT DATA {{ GRAPH {STATEMENTS[slug]} }}"
    graph = ONTOLOGY if slug in OF_ONTOLOGY else GRAPH["11-jahre-iq/S24"]
    triples = [
        f"?s {statements} .".replace("?s", f"id:{name(slug, number)}").replace("id:y", f"id:{name(slug, number)}-y")
        for number, statements in enumerate(BREACHES[slug])
    ]
    return f"{prefixes}INSERT DATA {{ GRAPH {graph} {{ {' '.join(triples)} }} }}"
