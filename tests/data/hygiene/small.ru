PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

DELETE {
    GRAPH graph:ontology { ?class a owl:Class }
}
WHERE {
    GRAPH graph:ontology {
        ?class a owl:Class ;
            rdfs:subClassOf ?above .
    }
}
