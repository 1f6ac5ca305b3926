PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

INSERT DATA {
    GRAPH g:S40 { id:span-2019-2022 a iq:FundingPeriod }
}
