PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX schema: <https://schema.org/>

INSERT DATA {
    GRAPH graph:ontology { iq:roleHolder schema:rangeIncludes foaf:Agent }
}
