PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX schema: <https://schema.org/>

DELETE DATA { GRAPH graph:ontology { iq:coordinatedBy schema:domainIncludes iq:Project } }
