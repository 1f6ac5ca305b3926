PREFIX concept: <https://w3id.org/iq-hessen/concept/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

INSERT DATA {
    GRAPH graph:ontology { concept:unheard-of a skos:Concept }
}
