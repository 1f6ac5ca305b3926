PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>

DELETE WHERE { GRAPH graph:ontology { iq:caseGroup qb:codeList ?list } }
