PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX oa: <http://www.w3.org/ns/oa#>

DELETE DATA {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S29#selector> oa:start 3986 }
} ;
INSERT DATA {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S29#selector> oa:start 3950 }
}
