PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>

DELETE DATA {
    GRAPH graph:passages\/11-jahre-iq { p:S24 nif:nextSentence p:S25 }
}
