PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX schema: <https://schema.org/>

INSERT DATA {
    GRAPH g:S43 { id:assessment-trust iq:about id:someone . id:someone a schema:Person }
}
