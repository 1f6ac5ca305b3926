PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX id: <https://w3id.org/iq-hessen/id/>

DELETE WHERE {
    GRAPH ?graph { id:span-2019-2022 dcat:endDate ?end }
}
