PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>

DELETE WHERE {
    GRAPH graph:ontology { ?ontology owl:versionInfo ?version }
} ;
INSERT {
    GRAPH graph:ontology { ?ontology owl:versionInfo "9.9.9" }
}
WHERE {
    ?ontology a owl:Ontology
}
