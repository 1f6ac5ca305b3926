PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX spdx: <http://spdx.org/rdf/terms#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

DELETE DATA {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S50#checksum> spdx:checksumValue "c83fe71a2f73781800e76155e946385d613d023dab698bf4de5d9fec3880ca68"^^xsd:hexBinary }
} ;
INSERT {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S50#checksum> spdx:checksumValue ?digest }
}
WHERE {
    GRAPH graph:passages\/11-jahre-iq { <https://w3id.org/iq-hessen/passage/11-jahre-iq/S24#checksum> spdx:checksumValue ?digest }
}
