PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE DATA {
    GRAPH graph:passages\/11-jahre-iq { id:11-jahre-iq-section-2 iq:order 2 }
} ;
INSERT DATA {
    GRAPH graph:passages\/11-jahre-iq { id:11-jahre-iq-section-2 iq:order 3 }
}
