PREFIX concept: <https://w3id.org/iq-hessen/concept/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        iq:legalBasis qb:codeList id:laws .
        id:laws a qb:HierarchicalCodeList .
        id:laws qb:hierarchyRoot concept:federal-law .
        id:laws qb:parentChildProperty id:child .
        id:child owl:inverseOf skos:broader .
    }
}
