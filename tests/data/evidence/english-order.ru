PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX id: <https://w3id.org/iq-hessen/id/>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/source/hwk-hamburg> {
        id:hwk-hamburg dcterms:description "Chamber; when it was founded the source does not say."@en
    }
}
