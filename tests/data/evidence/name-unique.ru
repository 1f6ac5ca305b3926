PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX names: <https://w3id.org/iq-hessen/graph/names/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

INSERT DATA {
    GRAPH names:11-jahre-iq { id:aqb skos:prefLabel "Recognition and qualification counselling"@en }
}
