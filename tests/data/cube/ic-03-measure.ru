PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX qb: <http://purl.org/linked-data/cube#>

DELETE WHERE { GRAPH graph:ontology { ?component qb:measure ?measure } }
