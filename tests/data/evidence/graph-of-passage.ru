PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>
PREFIX prov: <http://www.w3.org/ns/prov#>

DELETE DATA {
    GRAPH graph:meta { g:S24 prov:wasDerivedFrom p:S24 }
} ;
INSERT DATA {
    GRAPH graph:meta { g:S24 prov:wasDerivedFrom p:S25 }
}
