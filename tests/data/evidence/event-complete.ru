PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE DATA {
    GRAPH g:S29 { id:commissioning-2019 iq:recipient id:involas }
}
