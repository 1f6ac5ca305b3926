PREFIX concept: <https://w3id.org/iq-hessen/concept/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        iq:caseGroup qb:codeList id:groups .
        id:groups a qb:HierarchicalCodeList .
        id:groups qb:hierarchyRoot concept:all-cases .
        id:groups qb:parentChildProperty skos:narrower .
    }
}
