PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

INSERT DATA {
    GRAPH g:S16 { id:information-offices-setup iq:during id:year-2019 }
}
