PREFIX graph: <https://w3id.org/iq-hessen/graph/>
PREFIX p: <https://w3id.org/iq-hessen/passage/11-jahre-iq/>

DELETE WHERE {
    GRAPH graph:passages\/11-jahre-iq { p:S46 ?predicate ?object }
}
