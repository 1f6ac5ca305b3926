PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT DATA {
    GRAPH g:S34 { id:period-2023-2025 dcat:endDate "2024-12-31"^^xsd:date }
}
