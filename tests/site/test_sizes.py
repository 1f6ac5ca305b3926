"""The sizes that the site promises: exactly so much is accepted, found or shown, and not one more.

The numbers stand here as well as in the code, so that neither a number nor its comparison changes unnoticed.
"""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from iqgraph.model.wording import Vocabulary, split
from iqgraph.web.agents import jsonrpc
from iqgraph.web.http.language import format_number
from iqgraph.web.http.messages import HttpResponse, is_compressible
from iqgraph.web.http.negotiation import is_format, parse_qualities
from iqgraph.web.views import abridge
from visits import asking

LETTERS = "abcdefghijklm"
VALUE = {"pid": "iq:theme", "id": "iq:theme", "v": "x"}
NOWHERE = "/explore?kind=offer&q=nowhere"


def is_corrected(length: int, edits: int) -> bool:
    """Whether a word of this length that lacks some letters is corrected."""
    name = LETTERS[: length + edits]
    return Vocabulary([name], [name]).parse(name[:2] + name[2 + edits :]).correction == name


def is_read(client: FlaskClient, **fields: object) -> bool:
    """Whether the Reconciliation API takes these fields."""
    return client.post("/reconcile", data={name: json.dumps(one) for name, one in fields.items()}).status_code == 200


def is_named(client: FlaskClient, number: int) -> bool:
    """Whether a name of so many characters has candidates."""
    query = {"queries": json.dumps({"a": {"query": "involas".ljust(number, ".")}})}
    return bool(client.post("/reconcile", data=query).get_json()["a"]["result"])


def is_message(name: str) -> bool:
    """Whether a message may have this id."""
    message = {"jsonrpc": "2.0", "method": "notifications/none", "id": name}
    return b"-32600" not in jsonrpc.answer(json.dumps(message).encode())[1]


def is_shown(client: FlaskClient, number: int) -> bool:
    """Whether the page of an answer shows each of so many rows, below one for the heads."""
    query = f"SELECT ?x {{ VALUES ?x {{ {' '.join(map(str, range(number)))} }} }}"
    return client.get(asking(query), headers={"Accept": "text/html"}).text.count("</tr>") == number + 1


# By name the largest size, and whether a size is accepted.
BOUNDS: dict[str, tuple[int, Callable[[FlaskClient, int], bool]]] = {
    "columns of a table": (8, lambda get, n: get.get(NOWHERE + "&column=iq:providedBy" * n).status_code == 200),
    "number": (999_999_999, lambda get, n: get.get(f"/reconcile/properties?limit={n}").status_code == 200),
    "words of a search": (8, lambda _, n: not split(" ".join(f"word{one}" for one in range(n)))[1]),
    "characters of a word": (100, lambda _, n: not split("a" * n)[1]),
    "name of a format": (100, lambda _, n: is_format("csv".ljust(n, "-"))),
    "members of a header": (128, lambda _, n: len(list(parse_qualities("a," * (n - 1) + "b"))) == n),
    "name in a table": (200, is_named),
    "names at once": (50, lambda get, n: is_read(get, queries={str(one): {"query": "x"} for one in range(n)})),
    "properties of a name": (20, lambda get, n: is_read(get, queries={"a": {"query": "x", "properties": n * [VALUE]}})),
    "things of an extension": (500, lambda get, n: is_read(get, extend={"ids": n * ["x"], "properties": [VALUE]})),
    "id of a message": (256, lambda _, n: is_message("a" * n)),
    "short body": (999, lambda _, n: not is_compressible(HttpResponse(200, [("content-type", "text/csv")], b"a" * n))),
    "value on a page": (5000, lambda _, n: abridge("a" * n) == "a" * n),
    "digits without separators": (4, lambda _, n: format_number("9" * n, 4) == "9" * n),
    "rows on a page": (1000, is_shown),
    "word without a correction": (3, lambda _, n: not is_corrected(n, 1)),
    "word with one correction": (7, lambda _, n: not is_corrected(n, 2)),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_so_much_and_no_more(client: FlaskClient, name: str) -> None:
    """Each size is tried on both sides."""
    size, is_accepted = BOUNDS[name]
    with client.application.test_request_context():
        assert (is_accepted(client, size), is_accepted(client, size + 1)) == (True, False)
