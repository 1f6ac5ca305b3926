PREFIX concept: <https://w3id.org/iq-hessen/concept/>
PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>
PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>

DELETE DATA {
    GRAPH graph:meta { g:S24 iq:modality concept:explicit }
} ;
INSERT DATA {
    GRAPH graph:meta { g:S24 iq:modality concept:other-source }
}
