PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

INSERT DATA {
    GRAPH graph:passages\/minutes { id:minutes a iq:Document ; iq:acronym "involas"@de }
}
