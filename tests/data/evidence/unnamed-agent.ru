PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX prov: <http://www.w3.org/ns/prov#>

INSERT DATA {
    GRAPH g:S37 { id:mobile-structure-building prov:wasAssociatedWith id:involas }
}
