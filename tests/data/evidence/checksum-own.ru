PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX spdx: <http://spdx.org/rdf/terms#>

DELETE WHERE {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S50#checksum> spdx:checksumValue ?digest }
} ;
INSERT {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S50#checksum> spdx:checksumValue ?digest }
}
WHERE {
    <https://w3id.org/iq-hessen/passage/11-jahre-iq/S24#checksum> spdx:checksumValue ?digest
}
