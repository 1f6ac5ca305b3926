PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/>

CLEAR GRAPH g:S25
