"""How to cite the data, or one answer: a page, and files for reference managers and registries."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from ..catalogue import citation as forms
from ..catalogue.citation import Citation, Result, result_hash
from ..catalogue.publication import CC0
from ..engine import Query
from ..formats import N_TRIPLES, TSV
from . import answers, urls, views
from .catalogue import published
from .http.choice import choose
from .http.headers import licence_link, text
from .http.negotiation import HTML, TEXT, Page
from .http.problems import Problem, shortened
from .query import protocol
from .query.sparql import incoming
from .site import site

bp = Blueprint("citation", __name__)

NOT_OURS = "The served files are not ours, so this service cannot say how to cite them."
BIBTEX = Page("BibTeX", "bib", ("application/x-bibtex",))
DATACITE = Page("DataCite", "json", ("application/vnd.datacite.datacite+json", "application/json"))
RIS = Page("RIS", "ris", ("application/x-research-info-systems",))
CFF = Page("CITATION.cff", "cff", ("application/yaml",))
WRITERS: dict[Page, Callable[[Citation], str]] = {
    TEXT: lambda citation: "".join(f"{line}\n" for line in forms.text(citation)),
    BIBTEX: forms.bibtex,
    RIS: forms.ris,
    DATACITE: forms.datacite,
    CFF: lambda citation: forms.cff(citation.published),
}


@bp.get("/cite")
@bp.get("/cite.<extension>")
def cite(extension: str | None = None) -> Response:
    """The citation in the form that the address names, else in the one that the client prefers."""
    if not site().bundled:
        raise Problem("not-found", NOT_OURS)
    citation = _citation()
    # A citation file stands beside the data, so there is none of an answer.
    offers = [*(form for form in WRITERS if form is not CFF or not citation.result), HTML]
    form = choose(offers) if extension is None else next((one for one in offers if one.extension == extension), None)
    if form is None:
        known = ", ".join(one.extension for one in offers)
        raise Problem("not-found", f"This citation has no form .{extension}; it has {known}.")
    if form is HTML:
        response = views.html("cite.html", citation=citation, forms=offers[:-1], texts=forms.text(citation))
    else:
        response = Response(WRITERS[form](citation), content_type=text(form.media_types[0]))
    if extension is None:
        response.vary.add("Accept")
    response.headers.add("Link", licence_link(CC0))
    return response


def _citation() -> Citation:
    query, _ = protocol.read(incoming())
    result = _result(query) if query and query.text.strip() else None
    return Citation(published(), site().digest, result, _day())


def _result(query: Query) -> Result:
    """The answer as its hash; the same lines in another order are the same answer."""
    form = N_TRIPLES if query.has_graph else TSV
    parameters = urlencode({"query": query.text, **protocol.graphs(query)}, doseq=True)
    content = answers.ask(query, form)
    return Result(query.text, f"{urls.host()}/sparql?{parameters}", form.extension, result_hash(content))


def _day() -> str:
    """The day that the reader gives; the answer itself must not depend on a clock."""
    day = request.args.get("date", "").strip()
    try:
        return date.fromisoformat(day).isoformat() if day else ""
    except ValueError as error:
        raise Problem("bad-request", f"date={shortened(day)} is no day; write it as in 2026-01-31.") from error
