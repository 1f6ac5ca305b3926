PREFIX fabio: <http://purl.org/spar/fabio/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

DELETE WHERE {
    GRAPH graph:meta { id:source-involas-2024 fabio:hasAccessDate ?day }
} ;
INSERT DATA {
    GRAPH graph:meta { id:source-involas-2024 fabio:hasAccessDate "2999-01-01"^^xsd:date }
}
