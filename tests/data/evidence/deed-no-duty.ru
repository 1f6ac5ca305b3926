PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

INSERT DATA {
    GRAPH g:S19 { id:conveying-requirements iq:taskOf id:involas }
}
