PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

DELETE { GRAPH ?graph { ?figure iq:refPeriod ?year } }
INSERT { GRAPH ?graph { ?figure iq:refPeriod "2023"^^xsd:gYear } }
WHERE {
    BIND(<https://w3id.org/iq-hessen/id/figures-hsl-2023#2022-applications> AS ?figure)
    GRAPH ?graph { ?figure iq:refPeriod ?year }
}
