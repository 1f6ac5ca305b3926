PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>

INSERT DATA {
    GRAPH graph:ontology {
        iq:RecognitionStructure-refArea qb:componentRequired false
    }
}
