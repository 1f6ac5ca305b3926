PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE DATA {
    GRAPH g:S26 { id:coordination iq:hasOffice id:coordination-office }
}
