PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>

INSERT DATA {
    GRAPH g:S16 { id:feg dcterms:identifier "FEG" }
}
