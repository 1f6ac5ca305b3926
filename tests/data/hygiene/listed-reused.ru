PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>

INSERT {
    GRAPH graph:ontology { ?ontology dcterms:references foaf:Person }
}
WHERE {
    ?ontology a owl:Ontology
}
