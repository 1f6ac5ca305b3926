PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX qb: <http://purl.org/linked-data/cube#>

DELETE WHERE {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        id:figures-hsl-2023 qb:structure ?structure
    }
}
