PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX schema: <https://schema.org/>

INSERT DATA {
    GRAPH graph:meta { id:involas schema:areaServed id:hessen }
}
