PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        iq:RecognitionStructure-measureType qb:dimension qb:measureType .
        iq:RecognitionStructure qb:component iq:RecognitionStructure-measureType .
        <https://w3id.org/iq-hessen/id/figures-hsl-2023#2023-applications> qb:measureType iq:count .
    }
}
