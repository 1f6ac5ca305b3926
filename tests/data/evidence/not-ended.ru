PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT DATA {
    GRAPH g:S24 { id:since-2013 dcat:endDate "2025"^^xsd:gYear }
}
