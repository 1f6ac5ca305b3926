PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>

INSERT DATA {
    GRAPH graph:meta { <https://w3id.org/iq-hessen/graph/11-jahre-iq/S27#c1> iq:readWith p:S27 }
}
