"""The settings of a publication: who publishes it and where to reach them."""

from collections.abc import Mapping
from dataclasses import dataclass

from .configuration.allowed import MAIL
from .configuration.declared import SETTINGS
from .configuration.effective import Configuration, effective
from .errors import CallError

NAMES = ("publisher", "publisher-iri", "contact", "contributor")


@dataclass(frozen=True, slots=True)
class Settings:
    """Who publishes here; nobody is named who was not set."""

    publisher: str = ""
    publisher_iri: str = ""
    contact: str = ""
    contributor: str = ""

    @classmethod
    def of(cls, configuration: Configuration) -> "Settings":
        """The settings of a configuration; an IRI needs a name beside it."""
        publisher, iri, contact, contributor = (configuration[name] for name in NAMES)
        if iri and not publisher:
            origin = configuration.values["publisher-iri"].origin
            raise CallError(f"{origin}: an IRI of the publisher is set without a name; set publisher too.")
        mail = MAIL.fullmatch(contact)
        return cls(publisher, iri, f"mailto:{mail[1]}" if mail else contact, contributor)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings of the environment variables IQGRAPH_PUBLISHER, …_PUBLISHER_IRI, …_CONTACT, …_CONTRIBUTOR."""
        variables = {SETTINGS[name].variable for name in NAMES}
        return cls.of(effective(environment={name: environment[name] for name in variables & environment.keys()}))
