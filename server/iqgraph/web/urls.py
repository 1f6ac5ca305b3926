"""Where things are: every address of the site is made here."""

from urllib.parse import urlencode

from flask import Flask, request

from ..terms import BASE
from .mount import OUTER
from .problems import Problem


def root() -> str:
    """The path below which the site lies, without a slash at its end."""
    return request.script_root


def iri(path: str) -> str:
    """The IRI that a path stands for, on whatever host the site runs."""
    return f"{BASE}{path}"


def local(iri: str) -> str:
    """The address of one of our IRIs on this site; another IRI is its own address."""
    return f"{root()}/{iri.removeprefix(BASE)}" if iri.startswith(BASE) else iri


def document(path: str, extension: str) -> str:
    """The address of one form of a thing's document."""
    return f"{root()}/{path}.{extension}"


def page(path: str = "", **parameters: str) -> str:
    """The address of a page, with parameters."""
    return f"{root()}/{path}{'?' if parameters else ''}{urlencode(parameters)}"


def here(**changes: str) -> str:
    """The address of this page with some parameters changed."""
    parameters = {**request.args.to_dict(), **changes}
    return f"{root()}{request.path}?{urlencode(parameters)}"


def host() -> str:
    """Scheme and host as the client called them, with the path of the site."""
    if not request.host:
        raise Problem("bad-request", "The Host header names no host.")
    return request.url_root.rstrip("/")


def current(path: str = "") -> str:
    """The address of a page of the current version, from whatever version."""
    return f"{request.environ.get(OUTER, request.script_root)}/{path}"


def absolute(address: str) -> str:
    """An address of this site with scheme and host, as the client called them."""
    return f"{request.host_url.rstrip('/')}{address}"


def is_link(address: str) -> bool:
    """Whether an IRI is something that a browser can follow."""
    return address.startswith(("http://", "https://", "/"))


def init_app(app: Flask) -> None:
    """Give the addresses to the templates."""
    app.jinja_env.globals.update(
        current=current, document=document, here=here, host=host, is_link=is_link, local=local, page=page
    )
