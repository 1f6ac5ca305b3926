PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>
PREFIX spdx: <http://spdx.org/rdf/terms#>

INSERT DATA {
    GRAPH graph:passages\/11-jahre-iq { p:S24 spdx:checksum <https://w3id.org/iq-hessen/passage/11-jahre-iq/S25#checksum> }
}
