PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT DATA {
    GRAPH g:S24 { id:year-1999 a iq:TimeSpan ; dcat:startDate "1999"^^xsd:gYear }
}
