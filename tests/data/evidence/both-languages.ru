PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

INSERT DATA {
    GRAPH graph:passages\/11-jahre-iq { p:S46 skos:scopeNote "Das Logo fehlt."@de }
}
