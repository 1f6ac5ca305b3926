PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX org: <http://www.w3.org/ns/org#>

INSERT DATA {
    GRAPH g:S02 { <https://w3id.org/iq-hesen/id/involas> a org:Organization }
}
