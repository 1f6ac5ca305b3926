PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

INSERT DATA {
    GRAPH graph:names\/11-jahre-iq { id:seat-offenbach skos:scopeNote "Der Ort allein."@de }
}
