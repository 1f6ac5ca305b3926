PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

INSERT DATA {
    GRAPH graph:names\/11-jahre-iq { id:mazab iq:withinProgramme id:iq }
}
