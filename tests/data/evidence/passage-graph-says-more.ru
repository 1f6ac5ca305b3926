PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX schema: <https://schema.org/>

INSERT DATA {
    GRAPH g:S41 { id:offenbach a schema:City }
}
