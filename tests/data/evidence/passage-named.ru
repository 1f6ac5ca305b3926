PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>

DELETE DATA {
    GRAPH graph:passages\/11-jahre-iq { p:S24 iq:order 24 }
} ;
INSERT DATA {
    GRAPH graph:passages\/11-jahre-iq { p:S24 iq:order 25 }
}
