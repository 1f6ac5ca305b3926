PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

DELETE DATA {
    GRAPH g:S24 { id:year-2013 dcat:endDate "2013"^^xsd:gYear }
} ;
INSERT DATA {
    GRAPH g:S24 { id:year-2013 dcat:endDate "2013" }
}
