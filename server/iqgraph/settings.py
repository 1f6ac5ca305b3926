"""The settings of a publication: who publishes it and where to reach them, from environment variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import CallError

VARIABLES = ("PUBLISHER", "PUBLISHER_IRI", "CONTACT", "CONTRIBUTOR")
CONTRIBUTORS = "http://dcat-ap.de/def/contributors/"
ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`/]+(/[^\s<>\"{}|\\^`]*)?")
MAIL = re.compile(r"(?:mailto:)?([^\s<>\"{}|\\^`:/?#@]+@[^\s<>\"{}|\\^`:/?#@]+)")


@dataclass(frozen=True, slots=True)
class Settings:
    """Who publishes here; nobody is named who was not set."""

    publisher: str = ""
    publisher_iri: str = ""
    contact: str = ""
    contributor: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings of the environment variables IQGRAPH_PUBLISHER, …_PUBLISHER_IRI, …_CONTACT, …_CONTRIBUTOR."""
        given = {name: " ".join(environment.get(f"IQGRAPH_{name}", "").split()) for name in VARIABLES}
        iri, contact, contributor = given["PUBLISHER_IRI"], given["CONTACT"], given["CONTRIBUTOR"]
        if iri and not ADDRESS.fullmatch(iri):
            raise CallError(f"IQGRAPH_PUBLISHER_IRI: {iri} is no web address.")
        if iri and not given["PUBLISHER"]:
            raise CallError("IQGRAPH_PUBLISHER_IRI is set without IQGRAPH_PUBLISHER; give the name too.")
        if contact and not (ADDRESS.fullmatch(contact) or MAIL.fullmatch(contact)):
            raise CallError(f"IQGRAPH_CONTACT: {contact} is neither an e-mail address nor a web address.")
        if contributor and not (ADDRESS.fullmatch(contributor) and contributor.startswith(CONTRIBUTORS)):
            raise CallError(f"IQGRAPH_CONTRIBUTOR: {contributor} is not in the list {CONTRIBUTORS} of GovData.")
        mail = MAIL.fullmatch(contact)
        return cls(given["PUBLISHER"], iri, f"mailto:{mail[1]}" if mail else contact, contributor)
