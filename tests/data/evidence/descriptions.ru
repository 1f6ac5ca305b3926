PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>

INSERT DATA {
    GRAPH graph:names\/11-jahre-iq { id:offenbach dcterms:description "Eine Stadt am Main."@de }
}
