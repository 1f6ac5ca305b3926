PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE { GRAPH ?graph { ?figure iq:obsValue ?value } }
INSERT { GRAPH ?graph { ?figure iq:obsValue 5281 } }
WHERE {
    BIND(<https://w3id.org/iq-hessen/id/figures-hsl-2023#2023-applications-nurses> AS ?figure)
    GRAPH ?graph { ?figure iq:obsValue ?value }
}
