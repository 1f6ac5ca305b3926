PREFIX concept: <https://w3id.org/iq-hessen/concept/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX id: <https://w3id.org/iq-hessen/id/>

DELETE DATA {
    GRAPH graph:meta { id:source-nh24-hmsi dcterms:type concept:press }
} ;
INSERT DATA {
    GRAPH graph:meta { id:source-nh24-hmsi dcterms:type concept:secondary-source }
}
