PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX org: <http://www.w3.org/ns/org#>

INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/11-jahre-iq/S51> { id:involas a org:Organization }
}
