PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE { GRAPH ?graph { ?figure iq:obsValue ?value } }
INSERT { GRAPH ?graph { ?figure iq:obsValue 4870 } }
WHERE {
    BIND(<https://w3id.org/iq-hessen/id/figures-iq-hessen-statistik-2018#2017-applications> AS ?figure)
    GRAPH ?graph { ?figure iq:obsValue ?value }
}
