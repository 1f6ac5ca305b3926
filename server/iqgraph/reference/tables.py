"""The queries behind the tables of the quality page; words in capitals are filled in by `quality`."""

COVERAGE = """
SELECT ?order ?passage ?modality (COALESCE(?said, 0) AS ?statements) (COALESCE(?marked, 0) AS ?contextual)
WHERE {
  ?passage a iq:Passage ;
    iq:order ?order .
  OPTIONAL {
    ?graph prov:wasDerivedFrom ?passage ;
      iq:modality ?modality .
    OPTIONAL {
      SELECT ?graph (COUNT(*) AS ?said)
      WHERE { GRAPH ?graph { ?subject ?property ?value } }
      GROUP BY ?graph
    }
    OPTIONAL {
      SELECT ?graph (COUNT(DISTINCT ?statement) AS ?marked)
      WHERE {
        ?statement dcterms:isPartOf ?graph ;
          iq:readWith ?other .
      }
      GROUP BY ?graph
    }
  }
}
ORDER BY REPLACE(STR(?passage), "[^/]*$", "") ?order
"""
SILENT = """
SELECT ?order ?passage
WHERE {
  ?passage a iq:Passage ;
    iq:order ?order .
  FILTER NOT EXISTS { ?graph prov:wasDerivedFrom ?passage }
}
ORDER BY REPLACE(STR(?passage), "[^/]*$", "") ?order
"""
NOTES = """
SELECT ?number ?note (COUNT(DISTINCT ?passage) AS ?passages) (COUNT(DISTINCT ?source) AS ?conflicts)
WHERE {
  ?note a iq:EditorialNote ;
    dcterms:identifier ?number .
  OPTIONAL { ?note oa:hasTarget ?passage }
  OPTIONAL { ?note iq:conflictsWith ?source }
}
GROUP BY ?number ?note
ORDER BY SUBSTR(?number, 1, 1) xsd:integer(SUBSTR(?number, 2))
"""
CONFLICTS = """
SELECT DISTINCT ?number ?side ?thing ?property ?value ?graph
WHERE {
  {
    SELECT DISTINCT ?number ?record ?text ?about
    WHERE {
      ?note a iq:EditorialNote ;
        dcterms:identifier ?number ;
        iq:conflictsWith ?record ;
        oa:hasTarget ?passage .
      ?passage a iq:Passage .
      ?text prov:wasDerivedFrom ?passage .
      GRAPH ?text { ?about ?tells ?told }
      { GRAPH ?record { ?about ?states ?stated } }
      UNION
      { GRAPH ?record { ?matter iq:concerns|iq:roleIn ?about } }
    }
  }
  {
    GRAPH ?record { ?thing ?property ?value }
    BIND (?record AS ?graph)
    BIND ("record" AS ?side)
  }
  UNION
  {
    GRAPH ?text { ?about ?property ?value }
    BIND (?about AS ?thing)
    BIND (?text AS ?graph)
    BIND ("text" AS ?side)
  }
  UNION
  {
    GRAPH ?text {
      ?about ?leads ?thing .
      ?thing iq:during ?value
    }
    BIND (iq:during AS ?property)
    BIND (?text AS ?graph)
    BIND ("text" AS ?side)
  }
  FILTER (?side = "text" || ?thing = ?about || EXISTS { ?thing iq:concerns|iq:roleIn ?about })
  FILTER (?property NOT IN (rdf:type, dcterms:description, foaf:page))
  FILTER (!STRSTARTS(STR(?thing), "DAYS"))
  FILTER (!isLiteral(?value) || LANG(?value) IN ("", "de"))
}
ORDER BY SUBSTR(?number, 1, 1) xsd:integer(SUBSTR(?number, 2)) DESC(?side) ?thing ?property ?value ?graph
"""
SOURCES = """
SELECT ?graph (COUNT(*) AS ?links)
WHERE {
  GRAPH ?graph { ?thing ?relation ?target }
  FILTER (STRSTARTS(STR(?graph), "LINKS"))
}
GROUP BY ?graph
ORDER BY ?graph
"""
VERIFIED = """
SELECT ?sources (COUNT(*) AS ?links)
WHERE {
  SELECT ?thing ?relation ?target (COUNT(DISTINCT ?graph) AS ?sources)
  WHERE {
    GRAPH ?graph { ?thing ?relation ?target }
    FILTER (STRSTARTS(STR(?graph), "LINKS"))
  }
  GROUP BY ?thing ?relation ?target
}
GROUP BY ?sources
ORDER BY ?sources
"""
AGREED = """
SELECT ?thing ?relation ?target (COUNT(DISTINCT ?graph) AS ?sources)
WHERE {
  GRAPH ?graph { ?thing ?relation ?target }
  FILTER (STRSTARTS(STR(?graph), "LINKS"))
}
GROUP BY ?thing ?relation ?target
HAVING (COUNT(DISTINCT ?graph) > 1)
ORDER BY DESC(?sources) ?thing ?relation ?target
"""
UNKNOWN = """
SELECT ?class (COUNT(?thing) AS ?things) (SUM(IF(?dated, 0, 1)) AS ?undated)
  (SUM(IF(?linked, 0, 1)) AS ?unlinked) (SUM(IF(?described, 0, 1)) AS ?undescribed)
WHERE {
  {
    SELECT DISTINCT ?class ?thing
    WHERE {
      GRAPH ?graph { ?thing a ?class }
      ?thing skos:prefLabel ?label .
      FILTER (STRSTARTS(STR(?thing), STR(id:)) && !REGEX(STR(?graph), "^DERIVED(/|$)"))
    }
  }
  BIND (EXISTS {
    ?thing iq:during|iq:startsWithin|iq:entryIntoForce|dcat:startDate|dcat:endDate|time:hasXSDDuration|eli:date_document
      ?time
  } AS ?dated)
  BIND (EXISTS {
    GRAPH ?links { ?thing ?relation ?target }
    FILTER (STRSTARTS(STR(?links), "LINKS"))
  } AS ?linked)
  BIND (EXISTS { ?thing dcterms:description ?description } AS ?described)
}
GROUP BY ?class
ORDER BY ?class
"""
VAGUE = """
SELECT ?kind ?thing ?order ?passage
WHERE {
  GRAPH ?graph { ?thing iq:vagueness ?kind }
  ?graph prov:wasDerivedFrom ?passage .
  ?passage iq:order ?order .
}
ORDER BY ?kind ?order ?thing
"""
UNNAMED = """
SELECT ?count ?number (COUNT(DISTINCT ?member) AS ?known)
WHERE {
  ?count iq:count ?number .
  OPTIONAL { ?count iq:knownMember ?member }
}
GROUP BY ?count ?number
HAVING (COUNT(DISTINCT ?member) < ?number)
ORDER BY ?count
"""
LOOKED_AT = """
WHERE {
  {
    VALUES (?shape ?class) { CLASSES }
    ?kind rdfs:subClassOf* ?class .
    GRAPH ?graph { ?node a ?kind }
  }
  UNION
  {
    VALUES (?shape ?property) { SUBJECTS }
    GRAPH ?graph { ?node ?property ?value }
  }
  FILTER (STR(?graph) != "PARTITIONS")
  FILTER (!REGEX(STR(?graph), "^DERIVED(/|$)") && !REGEX(STR(?node), "^DERIVED([/#]|$)"))
  FILTER (!STRSTARTS(STR(?node), "RULES"))
}
"""
CHECKED = f"SELECT ?shape (COUNT(DISTINCT ?node) AS ?nodes){LOOKED_AT}GROUP BY ?shape\nORDER BY ?shape\n"
FOCUS = f"SELECT (COUNT(DISTINCT ?node) AS ?nodes){LOOKED_AT}"
QUERIES = {
    "checked": CHECKED,
    "focus": FOCUS,
    "coverage": COVERAGE,
    "silent": SILENT,
    "notes": NOTES,
    "conflicts": CONFLICTS,
    "sources": SOURCES,
    "verified": VERIFIED,
    "agreed": AGREED,
    "unknown": UNKNOWN,
    "vague": VAGUE,
    "unnamed": UNNAMED,
}
