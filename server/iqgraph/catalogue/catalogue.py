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
FILE_TYPES = {
    "ttl": "RDF_TURTLE",
    "nt": "RDF_N_TRIPLES",
    "rdf": "RDF_XML",
    "jsonld": "JSON_LD",
    "trig": "RDF_TRIG",
    "nq": "RDF_N_QUADS",
    "csv": "CSV",
}
# What a reader needs to know of values of the lists of the EU, of DCAT-AP.de and of IANA, who does not have the lists.
AUTHORITIES = read(File("authorities.ttl", files(__package__) / "authorities.ttl")).quads


def catalogue(published: Publication) -> list[Triple]:
    """The statements of the catalogue; parts without a life of their own have IRIs behind a hash."""
    triples = [
        *describe(published.iri("catalog"), *_catalogue(published)),
        *describe(published.iri("catalog#sparql"), *_service(published)),
        *_parts(published),
    ]
    for work in published.works:
        triples += describe(work.iri, *_dataset(published, work))
        for dump in work.dumps:
            triples += _distribution(published, work, dump)
    named = {triple.object for triple in triples}
    values = (quad.triple for quad in AUTHORITIES if quad.subject in named)
    return [*triples, *values, *published.profile.descriptions(named)]


def _catalogue(published: Publication) -> Facts:
    yield RDF.type, DCAT.Catalog
    yield DCTERMS.title, called(published)
    yield DCTERMS.description, TEXTS["catalogue" if published.profile.is_bundled else "files"]
    yield FOAF.homepage, published.at()
    yield DCAT.dataset, tuple(work.iri for work in published.works)
    yield DCAT.service, published.iri("catalog#sparql")
    yield DCTERMS.publisher, published.agents.get(published.publisher)
    yield DCTERMS.language, _languages(published)
    yield DCAT.themeTaxonomy, EU["data-theme"] if published.profile.is_bundled else None
    yield from _terms(published, published.data)
    yield from published.dates
    if published.profile.is_bundled:
        yield from _coverage(published)


def _dataset(published: Publication, work: Work) -> Facts:
    ours = published.profile.is_bundled
    yield RDF.type, DCAT.Dataset
    yield DCTERMS.title, work.title
    yield DCTERMS.description, work.description
    yield DCTERMS.identifier, Literal(work.iri.value)
    yield DCAT.distribution, tuple(_node(published, work, dump) for dump in work.dumps)
    yield DCAT.landingPage, _page(published, work)
    yield DCAT.version, Literal(published.version) if ours else None
    yield DCTERMS.accrualPeriodicity, EU["frequency/IRREG"] if ours else None
    yield DCTERMS.creator, published.agents.get(published.creator)
    yield DCATDE.contributorID, _iri(published.settings.contributor)
    yield DCTERMS.language, _languages(published)
    if ours and work == published.data:
        yield from _own(published, DCTERMS.provenance, DCATDE.politicalGeocodingLevelURI)
        yield DCTERMS.conformsTo, tuple(other.iri for other in published.works[1:])
        yield PROV.wasDerivedFrom, published.sources
        yield from _coverage(published)
    yield from _subject(published)
    yield from _terms(published, work)
    yield from published.dates


def _service(published: Publication) -> Facts:
    yield RDF.type, DCAT.DataService
    yield DCTERMS.title, TEXTS["service"]
    yield DCTERMS.description, TEXTS["about-service"]
    yield DCAT.endpointURL, published.at("sparql")
    yield DCAT.endpointDescription, published.at("sparql?format=ttl")
    yield DCAT.landingPage, published.at("sparql")
    yield DCAT.servesDataset, published.data.iri
    yield DCTERMS.conformsTo, PROTOCOL
    yield DCTERMS["format"], EU["file-type/SPARQLQRES"]
    yield from _subject(published)
    yield from _terms(published, published.data)


def _subject(published: Publication) -> Facts:
    """What it is about, who publishes it, whom to ask about it, and who may use it."""
    ours = published.profile.is_bundled
    yield DCTERMS.publisher, published.agents.get(published.publisher)
    yield DCAT.contactPoint, published.iri("catalog#contact") if _contact(published) else None
    yield from _own(published, DCAT.keyword, DCAT.theme)
    yield DCTERMS.accessRights, EU["access-right/PUBLIC"] if ours else None


def _terms(published: Publication, work: Work) -> Facts:
    yield DCTERMS.license, work.licence.german if work.licence else None
    yield DCATAP.availability, EU["planned-availability/AVAILABLE"] if published.profile.is_bundled else None


def _coverage(published: Publication) -> Facts:
    """Where and when it is about."""
    yield from _own(published, DCTERMS.spatial)
    yield DCTERMS.temporal, published.iri("dataset#period")


def _own(published: Publication, *predicates: NamedNode) -> Facts:
    """What the data says of itself for records."""
    for predicate in predicates:
        yield predicate, published.profile.values(predicate)


def called(published: Publication) -> Text:
    """What the catalogue is called."""
    title = published.profile.title
    return Text(de=f"Katalog: {title.de}", en=f"Catalogue: {title.en}")


def _languages(published: Publication) -> tuple[NamedNode, ...]:
    return (EU["language/DEU"], EU["language/ENG"]) if published.profile.is_bundled else ()


def _distribution(published: Publication, work: Work, dump: Dump) -> Iterator[Triple]:
    form, packed = dump.form, dump.packing
    node = _node(published, work, dump)
    name = f"{form.name}, {packed}" if packed else form.name
    content = TEXTS[form.kind]
    credit = Literal(published.creator) if work.licence == CC_BY else None
    yield from describe(
        node,
        (RDF.type, DCAT.Distribution),
        (DCTERMS.title, Text(de=f"{work.title.de} ({name})", en=f"{work.title.en} ({name})")),
        (DCTERMS.description, content if work == published.data else work.description),
        (DCAT.accessURL, published.at(f"download/{dump.name}")),
        (DCAT.downloadURL, published.at(f"download/{dump.name}")),
        (DCTERMS["format"], EU[f"file-type/{FILE_TYPES[form.extension]}"]),
        (DCAT.mediaType, IANA[form.media_type]),
        (DCAT.compressFormat, IANA[PACKINGS[packed]] if packed else None),
        (DCAT.byteSize, Literal(str(dump.size), datatype=XSD.nonNegativeInteger)),
        (ADMS.status, EU["distribution-status/COMPLETED"] if published.profile.is_bundled else None),
        (DCATDE.licenseAttributionByText, credit),
        *_terms(published, work),
        *published.dates,
    )
    yield from describe_checksum(node, dump.sha256)


def _parts(published: Publication) -> Iterator[Triple]:
    """What exists only as a part of the catalogue, and what kind of thing is pointed to."""
    name = Literal(published.publisher) if published.publisher else None
    contact = _contact(published)
    for who, agent in published.agents.items():
        yield from describe(agent, (RDF.type, FOAF.Agent), (FOAF.name, Literal(who)))
    if contact:
        kind = VCARD.hasEmail if contact.value.startswith("mailto:") else VCARD.hasURL
        yield from describe(published.iri("catalog#contact"), (RDF.type, VCARD.Kind), (VCARD.fn, name), (kind, contact))
    # Whatever has an IRI is a resource, but the shapes of DCAT-AP 3.0.0 want to read it.
    files = [published.at(f"download/{dump.name}") for work in published.works for dump in work.dumps]
    for address in (published.at("sparql"), published.at("sparql?format=ttl"), *files):
        yield Triple(address, RDF.type, RDFS.Resource)
    for page in {published.at(), published.at("sparql"), *(_page(published, work) for work in published.works)}:
        yield from describe(page, (RDF.type, FOAF.Document))
    if published.profile.is_bundled:
        first, last = (Literal(year, datatype=XSD.gYear) for year in published.years)
        period = published.iri("dataset#period")
        yield from describe(period, (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, first), (DCAT.endDate, last))
    for work in published.works[1:]:
        yield from describe(work.iri, (RDF.type, DCTERMS.Standard))


def _page(published: Publication, work: Work) -> NamedNode:
    return published.at("" if work == published.data else work.iri.value.removeprefix(published.base))


def _contact(published: Publication) -> NamedNode | None:
    return _iri(published.settings.contact) or (published.at() if published.profile.is_bundled else None)


def _node(published: Publication, work: Work, dump: Dump) -> NamedNode:
    # The document behind the IRI has to be the catalogue: that of the data is, those of ontology and shapes are not.
    return published.iri(f"{'dataset' if work == published.data else 'catalog'}#{dump.name}")


def _iri(iri: str) -> NamedNode | None:
    return NamedNode(iri) if iri else None
