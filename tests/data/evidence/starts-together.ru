PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX time: <http://www.w3.org/2006/time#>

DELETE WHERE {
    GRAPH ?graph { id:start-of-period-2023-2025 time:intervalStarts ?period }
} ;
INSERT DATA {
    GRAPH <https://w3id.org/iq-hessen/graph/11-jahre-iq/S32> { id:start-of-period-2023-2025 time:intervalStarts id:period-2015-2018 }
}
