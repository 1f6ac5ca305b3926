PREFIX graph: <https://w3id.org/iq-hessen/graph/>

DELETE WHERE {
    GRAPH graph:meta { <https://w3id.org/iq-hessen/graph/11-jahre-iq/S05#c1> ?path ?value }
}
