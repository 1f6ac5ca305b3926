"""schema.org: the publication as search engines for data read it in a page."""

from pyoxigraph import NamedNode

from ..terms import DCAT, DCTERMS, SKOS
from .authorities import PACKINGS
from .catalogue import called
from .publication import Dump, Publication, Work

Json = dict[str, object]


def structured_data(published: Publication, language: str) -> Json:
    """The catalogue and what is in it as a JSON-LD document in one language, with what is known only."""
    datasets = [_dataset(published, work, language) for work in published.works]
    catalogue = {
        **_thing(published, "catalog", "DataCatalog"),
        "name": called(published).say(language),
        "inLanguage": language,
        "dataset": [{"@id": work.iri.value} for work in published.works],
        **_terms(published, published.data),
    }
    return {"@context": "https://schema.org/", "@graph": [catalogue, *datasets]}


def _dataset(published: Publication, work: Work, language: str) -> Json:
    path = work.iri.value.removeprefix(published.base)
    # https://developers.google.com/search/docs/appearance/structured-data/dataset says what is read of it.
    facts = {
        **_thing(published, path, "Dataset"),
        "name": work.title.say(language),
        "description": work.description.say(language),
        "inLanguage": language,
        "includedInDataCatalog": {"@id": published.iri("catalog").value},
        "distribution": [_download(published, work, dump) for dump in work.dumps if dump.form],
        **_terms(published, work),
    }
    if not published.ours:
        return facts
    facts |= {"version": published.version, "keywords": published.profile.texts(DCAT.keyword, language)}
    if work == published.data:
        facts |= {
            "temporalCoverage": "/".join(published.years),
            "spatialCoverage": [_place(published, one, language) for one in published.profile.nodes(DCTERMS.spatial)],
            "isBasedOn": [source.value for source in published.sources],
        }
    return facts


def _thing(published: Publication, path: str, kind: str) -> Json:
    address = published.at("" if path == "dataset" else path).value
    return {"@id": published.iri(path).value, "@type": kind, "url": address, "identifier": published.iri(path).value}


def _terms(published: Publication, work: Work) -> Json:
    """Who publishes it, when and on what terms."""
    terms: Json = {"isAccessibleForFree": True} if work.licence else {}
    for role, name in (("creator", published.creator), ("publisher", published.publisher)):
        if name:
            terms[role] = {"@id": published.agents[name].value, "@type": "Organization", "name": name}
    if work.licence:
        terms["license"] = work.licence.address
    if published.issued:
        terms |= {"datePublished": published.issued, "dateModified": published.modified}
    return terms


def _download(published: Publication, work: Work, dump: Dump) -> Json:
    """Where a file is and how it is written; the catalogue has its size and hash, since a page must not make it."""
    packed = PACKINGS[dump.packing].name.en if dump.packing else ""
    form = dump.form.media_type if dump.form else ""
    return {
        "@id": f"{work.iri.value}#{dump.name}",
        "@type": "DataDownload",
        "name": dump.name,
        "contentUrl": published.at(f"download/{dump.name}").value,
        "encodingFormat": [form, packed] if dump.packing else form,
    }


def _place(published: Publication, area: NamedNode, language: str) -> Json:
    name = published.profile.text(SKOS.prefLabel, area).say(language)
    return {"@id": area.value, "@type": "AdministrativeArea", "name": name}
