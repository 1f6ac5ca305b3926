PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX qb: <http://purl.org/linked-data/cube#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        id:by-year a qb:SliceKey
    }
}
