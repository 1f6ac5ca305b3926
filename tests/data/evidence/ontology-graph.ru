PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX org: <http://www.w3.org/ns/org#>

INSERT DATA {
    GRAPH graph:ontology { id:involas a org:Organization }
}
