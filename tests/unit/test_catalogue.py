"""The catalogue: what DCAT-AP 3 and DCAT-AP.de 3.0 require, true values, and no false claims."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from iqgraph.catalogue.catalogue import catalogue
from iqgraph.dataset import Dataset, load_plain
from iqgraph.dataset.profile import BUNDLED
from iqgraph.release.release import build
from iqgraph.serialisation.turtle import turtle
from iqgraph.settings import Settings
from iqgraph.terms import BASE, DCAT, DCATAP, DCATDE, DCTERMS, FOAF, OWL, RDF, SKOS, SPDX, VCARD, XSD, expand
from records import HERE, publish, store_of, values
from tiny import put

DATASET = NamedNode(f"{BASE}dataset")
CATALOGUE = NamedNode(f"{BASE}catalog")
EU = "http://publications.europa.eu/resource/authority/"
FORMAT = DCTERMS["format"]

# From the overview of DCAT-AP.de 3.0, section 3; with what its shapes require in addition, and what is recommended.
EXPECTED = {
    "foaf:Agent": "foaf:name",
    "spdx:Checksum": "spdx:algorithm spdx:checksumValue",
    "skos:Concept": "skos:prefLabel",
    "skos:ConceptScheme": "dcterms:title",
    "dcterms:PeriodOfTime": "dcat:startDate dcat:endDate",
    "dcat:Catalog": (
        "dcterms:title dcterms:description dcterms:publisher dcterms:issued dcterms:modified dcterms:language"
        " foaf:homepage dcterms:license dcat:themeTaxonomy dcatap:availability dcterms:spatial dcat:dataset"
        " dcat:service"
    ),
    "dcat:Dataset": (
        "dcterms:title dcterms:description dcterms:publisher dcat:keyword dcat:theme dcat:contactPoint"
        " dcatap:availability dcat:distribution"
    ),
    "dcat:Distribution": (
        "dcat:accessURL dcterms:license dcterms:title dcterms:modified dcterms:format dcatap:availability"
        " dcat:mediaType spdx:checksum"
    ),
    "dcat:DataService": (
        "dcat:endpointURL dcterms:title dcterms:publisher dcat:endpointDescription dcatap:availability"
        " dcat:servesDataset dcterms:conformsTo"
    ),
}
OF_THE_DATA = (
    "dcatde:politicalGeocodingLevelURI dcterms:spatial dcterms:temporal dcterms:accessRights"
    " dcterms:accrualPeriodicity dcterms:conformsTo dcterms:identifier dcterms:language dcterms:provenance"
    " dcat:landingPage dcat:version prov:wasDerivedFrom"
)
ONCE = (
    "dcterms:publisher dcterms:license dcterms:issued dcterms:modified dcterms:accessRights"
    " dcterms:accrualPeriodicity dcterms:format foaf:homepage dcatap:availability dcat:version dcat:byteSize"
    " dcat:mediaType dcat:compressFormat adms:status spdx:checksum spdx:algorithm spdx:checksumValue"
)
RANGES = {
    "foaf:Agent": "dcterms:publisher dcterms:creator",
    "dcterms:LicenseDocument": "dcterms:license",
    "dcterms:LinguisticSystem": "dcterms:language",
    "dcterms:Location": "dcterms:spatial",
    "dcterms:PeriodOfTime": "dcterms:temporal",
    "dcterms:ProvenanceStatement": "dcterms:provenance",
    "dcterms:RightsStatement": "dcterms:accessRights",
    "dcterms:Frequency": "dcterms:accrualPeriodicity",
    "dcterms:Standard": "dcterms:conformsTo",
    "dcterms:MediaTypeOrExtent": "dcterms:format",
    "dcterms:MediaType": "dcat:mediaType dcat:compressFormat",
    "skos:Concept": "dcat:theme dcatap:availability adms:status",
    "skos:ConceptScheme": "dcat:themeTaxonomy",
    "vcard:Kind": "dcat:contactPoint",
    "dcat:Dataset": "dcat:dataset dcat:servesDataset",
    "dcat:DataService": "dcat:service",
    "dcat:Distribution": "dcat:distribution",
    "foaf:Document": "dcat:landingPage foaf:homepage",
    "rdfs:Resource": "dcat:accessURL dcat:downloadURL dcat:endpointURL dcat:endpointDescription",
    "spdx:Checksum": "spdx:checksum",
    "spdx:ChecksumAlgorithm": "spdx:algorithm",
}
LISTS = {
    "dcterms:language": f"{EU}language",
    "dcterms:accessRights": f"{EU}access-right",
    "dcterms:accrualPeriodicity": f"{EU}frequency",
    "dcterms:format": f"{EU}file-type",
    "dcat:theme": f"{EU}data-theme",
    "dcatap:availability": f"{EU}planned-availability",
    "adms:status": f"{EU}distribution-status",
    "dcterms:license": "http://dcat-ap.de/def/licenses",
    "dcatde:politicalGeocodingLevelURI": "http://dcat-ap.de/def/politicalGeocoding/Level",
}
WITHDRAWN = (
    "dcatde:geocodingDescription dcatde:legalBasis dcatde:maintainer dcatde:originator dcatde:plannedAvailability"
    " dcatde:politicalGeocodingURI dcatde:qualityProcessURI dcterms:hasVersion dcterms:isVersionOf owl:versionInfo"
)
BILINGUAL = "dcterms:title dcterms:description skos:prefLabel dcat:keyword"


@pytest.fixture(scope="module")
def store(dataset: Dataset, files: Mapping[str, bytes]) -> Store:
    """The catalogue of the bundled dataset."""
    return store_of(catalogue(publish(dataset, files)))


def quads_with(store: Store, predicate: NamedNode) -> list[Quad]:
    """All statements with a predicate."""
    return list(store.quads_for_pattern(None, predicate, None))


@pytest.mark.parametrize("kind", EXPECTED)
def test_mandatory_and_recommended(store: Store, kind: str) -> None:
    """Each instance of a class has its mandatory and recommended properties, and the class has instances."""
    things = [quad.subject for quad in store.quads_for_pattern(None, RDF.type, expand(kind))]

    assert things
    for thing in things:
        assert [one for one in EXPECTED[kind].split() if not values(store, thing, expand(one))] == [], thing


def test_properties_of_the_dataset(store: Store) -> None:
    """Also its coverage in space and time, its origin and its terms of use."""
    assert [one for one in OF_THE_DATA.split() if not values(store, DATASET, expand(one))] == []


@pytest.mark.parametrize("name", ONCE.split())
def test_single_values(store: Store, name: str) -> None:
    """Properties with at most one value have one."""
    subjects = [quad.subject for quad in quads_with(store, expand(name))]

    assert subjects
    assert len(subjects) == len(set(subjects))


@pytest.mark.parametrize("kind", RANGES)
def test_ranges(store: Store, kind: str) -> None:
    """Objects are typed, so that a validator needs no external list."""
    for name in RANGES[kind].split():
        quads = quads_with(store, expand(name))
        assert quads, name
        assert [str(one) for one in quads if expand(kind).value not in values(store, one.object, RDF.type)] == []


@pytest.mark.parametrize("name", LISTS)
def test_lists(store: Store, name: str) -> None:
    """Values come from the vocabulary that DCAT-AP.de prescribes; its IRI is their prefix."""
    objects = [quad.object for quad in quads_with(store, expand(name))]

    assert objects
    for value in objects:
        assert values(store, value, SKOS.inScheme) == [LISTS[name]]
        assert isinstance(value, NamedNode)
        assert value.value.startswith(f"{LISTS[name]}/")


def test_no_withdrawn_property(store: Store) -> None:
    """Version 3.0 withdrew some properties."""
    assert [name for name in WITHDRAWN.split() if quads_with(store, expand(name))] == []


@pytest.mark.parametrize("name", BILINGUAL.split())
def test_two_languages(store: Store, name: str) -> None:
    """Every text for people is in German and English, with as many values of each."""
    for subject in {quad.subject for quad in quads_with(store, expand(name))}:
        objects = [quad.object for quad in store.quads_for_pattern(subject, expand(name), None)]
        languages = [value.language for value in objects if isinstance(value, Literal)]
        assert languages.count("de") == languages.count("en") == len(objects) / 2, subject


def test_each_node_has_an_iri_and_an_incoming_link(store: Store) -> None:
    """Only the catalogue itself is the root."""
    objects = {quad.object for quad in store}

    assert not [quad for quad in store if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)]
    assert {quad.subject for quad in store} - objects == {CATALOGUE}


def test_each_dump_is_a_distribution(store: Store, files: Mapping[str, bytes]) -> None:
    """Every dump of the whole, the table and both vocabularies have their size, hash and URL."""
    distributions = {}
    for quad in store.quads_for_pattern(None, RDF.type, DCAT.Distribution):
        (address,) = values(store, quad.subject, DCAT.downloadURL)
        assert values(store, quad.subject, DCAT.accessURL) == [address]
        (checksum,) = (one.object for one in store.quads_for_pattern(quad.subject, SPDX.checksum, None))
        (size,) = values(store, quad.subject, DCAT.byteSize)
        distributions[address] = (size, *values(store, checksum, SPDX.checksumValue))

    assert distributions == {
        f"{HERE}/download/{name}": (str(len(content)), sha256(content).hexdigest())
        for name, content in files.items()
        if name.startswith(("iq-hessen.", "ontology.", "recognition-procedures.", "shapes."))
        and not name.endswith((".sha256", "-metadata.json"))
    }


@pytest.mark.parametrize(
    ("predicate", "datatype"),
    [
        (DCAT.byteSize, XSD.nonNegativeInteger),
        (SPDX.checksumValue, XSD.hexBinary),
        (DCTERMS.issued, XSD.date),
        (DCTERMS.modified, XSD.date),
        (DCAT.startDate, XSD.gYear),
        (DCAT.endDate, XSD.gYear),
    ],
    ids=str,
)
def test_datatypes(dataset: Dataset, predicate: NamedNode, datatype: NamedNode) -> None:
    """As the shapes require; a store may not preserve them."""
    triples = catalogue(publish(dataset, {"iq-hessen.ttl": b"x"}))
    literals = [triple.object for triple in triples if triple.predicate == predicate]

    assert literals
    assert {value.datatype for value in literals if isinstance(value, Literal)} == {datatype}


@pytest.mark.parametrize(
    ("name", "format", "media_type", "packing"),
    [
        ("iq-hessen.ttl", "RDF_TURTLE", "text/turtle", []),
        ("iq-hessen.nq.gz", "RDF_N_QUADS", "application/n-quads", ["application/gzip"]),
        ("iq-hessen.trig", "RDF_TRIG", "application/trig", []),
        ("iq-hessen.jsonld", "JSON_LD", "application/ld+json", []),
        ("iq-hessen.rdf", "RDF_XML", "application/rdf+xml", []),
        ("iq-hessen.nt", "RDF_N_TRIPLES", "application/n-triples", []),
    ],
)
def test_formats(store: Store, name: str, format: str, media_type: str, packing: list[str]) -> None:
    """The media type of the content, and separately that of its compression."""
    node = NamedNode(f"{DATASET.value}#{name}")
    iana = "https://www.iana.org/assignments/media-types/"

    assert values(store, node, FORMAT) == [f"{EU}file-type/{format}"]
    assert values(store, node, DCAT.mediaType) == [iana + media_type]
    assert values(store, node, DCAT.compressFormat) == [iana + one for one in packing]


def test_other_files(dataset: Dataset) -> None:
    """Zstandard is known; files in a folder and files that are no RDF are no distributions."""
    files = {"iq-hessen.ttl.zst": b"x", "graph/S24.ttl": b"x", "iq-hessen.pdf": b"x", "SHA256SUMS": b"x"}
    store = store_of(catalogue(publish(dataset, files)))
    node = NamedNode(f"{DATASET.value}#iq-hessen.ttl.zst")

    assert [quad.subject for quad in store.quads_for_pattern(None, RDF.type, DCAT.Distribution)] == [node]
    assert values(store, DATASET, DCAT.distribution) == [node.value]
    assert values(store, node, DCAT.compressFormat) == ["https://www.iana.org/assignments/media-types/application/zstd"]


def test_licences_and_credit(store: Store) -> None:
    """The data is CC0; ontology and shapes require attribution and say how."""
    licence = {quad.subject: quad.object for quad in quads_with(store, DCTERMS.license)}
    attributions = {quad.subject for quad in quads_with(store, DCATDE.licenseAttributionByText)}
    by = NamedNode("http://dcat-ap.de/def/licenses/cc-by/4.0")
    distributions = {quad.subject for quad in store.quads_for_pattern(None, RDF.type, DCAT.Distribution)}

    assert licence[DATASET] == licence[CATALOGUE] == NamedNode("http://dcat-ap.de/def/licenses/cc-zero")
    assert attributions == {node for node in distributions if licence[node] == by}
    assert {node.value for node in attributions if isinstance(node, NamedNode)} == {
        f"{BASE}catalog#ontology.ttl",
        f"{BASE}catalog#shapes.ttl",
    }


def test_service(store: Store) -> None:
    """The endpoint is at the URL of the site."""
    service = NamedNode(f"{BASE}catalog#sparql")

    assert values(store, service, DCAT.endpointURL) == [f"{HERE}/sparql"]
    assert values(store, service, DCAT.servesDataset) == [DATASET.value]


def test_version_and_dates_are_those_of_the_ontology(store: Store, dataset: Dataset) -> None:
    """The dates are those of the data, not those of a clock."""
    ontology = NamedNode(f"{BASE}ontology")

    assert [Literal(one) for one in values(store, DATASET, DCAT.version)] == dataset.values(ontology, OWL.versionInfo)
    for predicate in (DCTERMS.issued, DCTERMS.modified):
        for node in (DATASET, CATALOGUE):
            (quad,) = store.quads_for_pattern(node, predicate, None)
            assert dataset.values(ontology, predicate) == [quad.object]


def test_period_is_that_of_the_passages(store: Store) -> None:
    """From the start of the programme to the end of the period of the article; official records go on."""
    period = NamedNode(f"{BASE}dataset#period")

    assert values(store, period, DCAT.startDate) == ["2005"]
    assert values(store, period, DCAT.endDate) == ["2025"]


def test_default_agents(store: Store) -> None:
    """Without settings the project is creator and publisher, and there is no contributor of GovData."""
    assert values(store, DATASET, DCTERMS.creator) == values(store, DATASET, DCTERMS.publisher)
    assert values(store, None, FOAF.name) == ["IQ Hessen Knowledge Graph developers"]
    assert quads_with(store, DCATDE.contributorID) == quads_with(store, VCARD.hasEmail) == []
    assert [quad.object for quad in quads_with(store, VCARD.hasURL)] == [NamedNode(f"{HERE}/")]


def test_settings(dataset: Dataset) -> None:
    """They name the publisher; the creator of the data stays."""
    settings = Settings(
        publisher="Amt",
        publisher_iri="https://amt.example/#amt",
        contact="mailto:a@amt.example",
        contributor="http://dcat-ap.de/def/contributors/x",
    )
    store = store_of(catalogue(publish(dataset, {"ontology.ttl": b""}, settings)))
    contact = NamedNode(f"{BASE}catalog#contact")

    assert values(store, DATASET, DCTERMS.publisher) == ["https://amt.example/#amt"]
    assert values(store, NamedNode("https://amt.example/#amt"), FOAF.name) == ["Amt"]
    assert values(store, DATASET, DCTERMS.creator) == [f"{BASE}catalog#creator"]
    assert values(store, contact, VCARD.hasEmail) == ["mailto:a@amt.example"]
    assert values(store, contact, VCARD.fn) == ["Amt"]
    assert values(store, DATASET, DCATDE.contributorID) == ["http://dcat-ap.de/def/contributors/x"]
    assert values(store, None, DCATDE.licenseAttributionByText) == ["IQ Hessen Knowledge Graph developers"]


@pytest.fixture
def others(tmp_path: Path) -> Dataset:
    """Data of a user."""
    file = put(tmp_path, "a.ttl", "<http://a.example/s> a <http://a.example/C> ; <http://a.example/p> 1 .")
    return load_plain([file])


def test_data_of_users_gets_no_metadata_of_the_project(others: Dataset) -> None:
    """Files, sizes and endpoint, but no IRI, licence, date, theme, agent or area of ours."""
    store = store_of(catalogue(publish(others, build(others))))
    unsaid = [DCTERMS.license, DCTERMS.issued, DCTERMS.publisher, DCTERMS.creator, DCTERMS.spatial, DCAT.theme]
    unsaid += [DCAT.keyword, DCAT.version, DCATAP.availability, DCAT.contactPoint, DCTERMS.temporal]

    assert BASE not in turtle([quad.triple for quad in store])
    assert [one for one in unsaid if quads_with(store, one)] == []
    assert values(store, NamedNode(f"{HERE}/catalog"), DCAT.dataset) == [f"{HERE}/dataset"]
    assert len(quads_with(store, DCAT.byteSize)) == 18
    assert values(store, NamedNode(f"{HERE}/catalog#sparql"), DCAT.endpointURL) == [f"{HERE}/sparql"]


def test_data_of_users_may_have_a_publisher(others: Dataset) -> None:
    """The settings name it."""
    store = store_of(catalogue(publish(others, {}, Settings(publisher="Amt"))))

    assert values(store, NamedNode(f"{HERE}/dataset"), DCTERMS.publisher) == [f"{HERE}/catalog#publisher"]
    assert values(store, NamedNode(f"{HERE}/catalog#publisher"), FOAF.name) == ["Amt"]
    assert quads_with(store, DCTERMS.creator) == []


def test_the_dataset_and_the_catalogue_agree(dataset: Dataset) -> None:
    """On titles and descriptions."""
    node = NamedNode(f"{BASE}dataset")
    for predicate, text in ((DCTERMS.title, BUNDLED.title), (DCTERMS.description, BUNDLED.description)):
        texts = {(one.language, one.value) for one in dataset.values(node, predicate) if isinstance(one, Literal)}
        assert text
        assert texts == {("de", text.de), ("en", text.en)}
