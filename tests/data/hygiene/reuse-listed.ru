PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>

INSERT DATA {
    GRAPH g:S24 { id:involas foaf:name "involas"@de }
}
