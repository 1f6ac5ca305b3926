PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT DATA {
    GRAPH g:S16 { id:feg eli:first_date_entry_in_force "2020-03-01"^^xsd:date }
}
