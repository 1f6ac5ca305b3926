PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>

DELETE WHERE {
    GRAPH graph:ontology { ?ontology dcterms:license ?licence }
}
