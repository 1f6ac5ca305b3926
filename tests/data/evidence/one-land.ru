PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX schema: <https://schema.org/>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/bht-berlin> { id:network-berlin schema:areaServed id:hessen }
}
