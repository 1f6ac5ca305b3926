PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX schema: <https://schema.org/>

INSERT DATA {
    GRAPH g:S26 { id:offenbach schema:containedInPlace id:hessen }
    GRAPH g:S26 { id:hessen schema:containedInPlace id:offenbach }
}
