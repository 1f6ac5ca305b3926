PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE WHERE {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        <https://w3id.org/iq-hessen/id/figures-hsl-2023#2023-applications> iq:unit ?unit
    }
}
