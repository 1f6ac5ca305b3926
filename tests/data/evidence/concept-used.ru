PREFIX concept: <https://w3id.org/iq-hessen/concept/>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE WHERE {
    GRAPH g:S23 { ?event iq:eventKind concept:programme-launch }
}
