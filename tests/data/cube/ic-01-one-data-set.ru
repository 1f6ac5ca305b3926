PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX qb: <http://purl.org/linked-data/cube#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hsl-2023> {
        <https://w3id.org/iq-hessen/id/figures-hsl-2023#2023-applications> qb:dataSet id:figures-bibb-datenreport-2019
    }
}
