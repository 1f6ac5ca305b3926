PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        iq:RecognitionStructure qb:sliceKey id:by-year .
        id:by-year qb:componentProperty iq:during .
    }
}
