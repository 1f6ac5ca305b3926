"""The catalogue: what is published, as DCAT-AP 3 and DCAT-AP.de 3.0 describe data for other catalogues."""

from collections.abc import Iterator
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, describe
from ..dataset.passages import describe_checksum
from ..dataset.reading import read
from ..resources import File
from ..terms import ADMS, DCAT, DCATAP, DCATDE, DCTERMS, FOAF, PROV, RDF, RDFS, VCARD, XSD, Namespace
from .publication import CC_BY, PACKINGS, TEXTS, Dump, Facts, Publication, Work

PROTOCOL = NamedNode("https://www.w3.org/TR/sparql11-protocol/")
EU = Namespace("http://publications.europa.eu/resource/authority/")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
LANGUAGES = (EU["language/DEU"], EU["language/ENG"])
FILE_TYPES = {
    "ttl": "RDF_TURTLE",
    "nt": "RDF_N_TRIPLES",
    "rdf": "RDF_XML",
    "jsonld": "JSON_LD",
    "trig": "RDF_TRIG",
    "nq": "RDF_N_QUADS",
    "csv": "CSV",
}
# The values of the authority lists of the EU, DCAT-AP.de and IANA, for readers who do not have the lists.
AUTHORITIES = read(File("authorities.ttl", files(__package__) / "authorities.ttl")).quads


def catalogue(publication: Publication) -> list[Triple]:
    """The statements of the catalogue; things that exist only as parts of it have IRIs with a fragment."""
    triples = [
        *describe(publication.iri("catalog"), *_catalogue(publication)),
        *describe(publication.iri("catalog#sparql"), *_service(publication)),
        *_parts(publication),
    ]
    for work in publication.works:
        triples += describe(work.iri, *_dataset(publication, work))
        for dump in work.dumps:
            triples += _distribution(publication, work, dump)
    objects = {triple.object for triple in triples}
    values = (quad.triple for quad in AUTHORITIES if quad.subject in objects)
    return [*triples, *values, *publication.profile.descriptions(objects)]


def _catalogue(publication: Publication) -> Facts:
    yield RDF.type, DCAT.Catalog
    yield DCTERMS.title, catalogue_title(publication)
    yield DCTERMS.description, TEXTS["catalogue" if publication.profile.is_bundled else "files"]
    yield FOAF.homepage, publication.at()
    yield DCAT.dataset, tuple(work.iri for work in publication.works)
    yield DCAT.service, publication.iri("catalog#sparql")
    yield DCTERMS.publisher, publication.agents.get(publication.publisher)
    yield DCTERMS.language, LANGUAGES if publication.profile.is_bundled else ()
    yield DCAT.themeTaxonomy, EU["data-theme"] if publication.profile.is_bundled else None
    yield from _terms(publication, publication.data)
    yield from publication.dates
    if publication.profile.is_bundled:
        yield from _metadata(publication, DCTERMS.spatial)
        yield DCTERMS.temporal, publication.iri("dataset#period")


def _dataset(publication: Publication, work: Work) -> Facts:
    ours = publication.profile.is_bundled
    yield RDF.type, DCAT.Dataset
    yield DCTERMS.title, work.title
    yield DCTERMS.description, work.description
    yield DCTERMS.identifier, Literal(work.iri.value)
    yield DCAT.distribution, tuple(_node(publication, work, dump) for dump in work.dumps)
    yield DCAT.landingPage, _page(publication, work)
    yield DCAT.version, Literal(publication.version) if ours else None
    yield DCTERMS.accrualPeriodicity, EU["frequency/IRREG"] if ours else None
    yield DCTERMS.creator, publication.agents.get(publication.creator)
    yield DCATDE.contributorID, _iri(publication.settings.contributor)
    yield DCTERMS.language, LANGUAGES if ours else ()
    if ours and work == publication.data:
        yield from _metadata(publication, DCTERMS.provenance, DCTERMS.spatial, DCATDE.politicalGeocodingLevelURI)
        yield DCTERMS.temporal, publication.iri("dataset#period")
        yield DCTERMS.conformsTo, tuple(other.iri for other in publication.works[1:])
        yield PROV.wasDerivedFrom, publication.sources
    yield from _subject(publication)
    yield from _terms(publication, work)
    yield from publication.dates


def _service(publication: Publication) -> Facts:
    yield RDF.type, DCAT.DataService
    yield DCTERMS.title, TEXTS["service"]
    yield DCTERMS.description, TEXTS["about-service"]
    yield DCAT.endpointURL, publication.at("sparql")
    yield DCAT.endpointDescription, publication.at("sparql?format=ttl")
    yield DCAT.landingPage, publication.at("sparql")
    yield DCAT.servesDataset, publication.data.iri
    yield DCTERMS.conformsTo, PROTOCOL
    yield DCTERMS["format"], EU["file-type/SPARQLQRES"]
    yield from _subject(publication)
    yield from _terms(publication, publication.data)


def _subject(publication: Publication) -> Facts:
    """Subject, publisher, contact and access rights."""
    yield DCTERMS.publisher, publication.agents.get(publication.publisher)
    yield DCAT.contactPoint, publication.iri("catalog#contact") if _contact(publication) else None
    yield from _metadata(publication, DCAT.keyword, DCAT.theme)
    yield DCTERMS.accessRights, EU["access-right/PUBLIC"] if publication.profile.is_bundled else None


def _terms(publication: Publication, work: Work) -> Facts:
    yield DCTERMS.license, work.licence.german if work.licence else None
    yield DCATAP.availability, EU["planned-availability/AVAILABLE"] if publication.profile.is_bundled else None


def _metadata(publication: Publication, *predicates: NamedNode) -> Facts:
    """What the data states about itself."""
    return ((predicate, publication.profile.values(predicate)) for predicate in predicates)


def catalogue_title(publication: Publication) -> Text:
    """The title of the catalogue."""
    title = publication.profile.title
    return Text(de=f"Katalog: {title.de}", en=f"Catalogue: {title.en}")


def _distribution(publication: Publication, work: Work, dump: Dump) -> Iterator[Triple]:
    format, packing, (size, digest) = dump.format, dump.packing, dump.checksum()
    node, address = _node(publication, work, dump), publication.at(f"download/{dump.name}")
    name = f"{format.name}, {packing}" if packing else format.name
    credit = Literal(publication.creator) if work.licence == CC_BY else None
    yield from describe(
        node,
        (RDF.type, DCAT.Distribution),
        (DCTERMS.title, Text(de=f"{work.title.de} ({name})", en=f"{work.title.en} ({name})")),
        (DCTERMS.description, TEXTS[format.content] if work == publication.data else work.description),
        (DCAT.accessURL, address),
        (DCAT.downloadURL, address),
        (DCTERMS["format"], EU[f"file-type/{FILE_TYPES[format.extension]}"]),
        (DCAT.mediaType, IANA[format.media_type]),
        (DCAT.compressFormat, IANA[PACKINGS[packing]] if packing else None),
        (DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger)),
        (ADMS.status, EU["distribution-status/COMPLETED"] if publication.profile.is_bundled else None),
        (DCATDE.licenseAttributionByText, credit),
        *_terms(publication, work),
        *publication.dates,
    )
    yield from describe_checksum(node, digest)


def _parts(publication: Publication) -> Iterator[Triple]:
    """The things that exist only as parts of the catalogue, and the classes of things that it refers to."""
    name = Literal(publication.publisher) if publication.publisher else None
    contact = _contact(publication)
    yield from publication.describe_agents()
    if contact:
        predicate = VCARD.hasEmail if contact.value.startswith("mailto:") else VCARD.hasURL
        facts = (RDF.type, VCARD.Kind), (VCARD.fn, name), (predicate, contact)
        yield from describe(publication.iri("catalog#contact"), *facts)
    # Everything with an IRI is a resource, but the shapes of DCAT-AP 3.0.0 require the statement.
    files = [publication.at(f"download/{dump.name}") for work in publication.works for dump in work.dumps]
    for address in (publication.at("sparql"), publication.at("sparql?format=ttl"), *files):
        yield Triple(address, RDF.type, RDFS.Resource)
    for page in {publication.at(), publication.at("sparql"), *(_page(publication, work) for work in publication.works)}:
        yield from describe(page, (RDF.type, FOAF.Document))
    if publication.profile.is_bundled:
        first, last = (Literal(year, datatype=XSD.gYear) for year in publication.years)
        period = publication.iri("dataset#period")
        yield from describe(period, (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, first), (DCAT.endDate, last))
    for work in publication.works[1:]:
        yield from describe(work.iri, (RDF.type, DCTERMS.Standard))


def _page(publication: Publication, work: Work) -> NamedNode:
    return publication.at("" if work == publication.data else work.iri.value.removeprefix(publication.base))


def _contact(publication: Publication) -> NamedNode | None:
    return _iri(publication.settings.contact) or (publication.at() if publication.profile.is_bundled else None)


def _node(publication: Publication, work: Work, dump: Dump) -> NamedNode:
    # Without its fragment, the IRI of the data leads to the catalogue; those of ontology and shapes do not.
    return publication.iri(f"{'dataset' if work == publication.data else 'catalog'}#{dump.name}")


def _iri(iri: str) -> NamedNode | None:
    return NamedNode(iri) if iri else None
