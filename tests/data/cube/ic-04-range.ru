PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

DELETE WHERE { GRAPH graph:ontology { iq:refArea rdfs:range ?range } }
