"""The skeleton of a query: what is asked, without what its author put into it, so that equal questions look equal.

Literals and comments may hold anything, names of persons above all, so they are left out; so is whom an e-mail address
or a telephone number reaches. Other IRIs, variables and numbers behind LIMIT and OFFSET stay, since without them little
could be learnt.
"""

import re

from ...engine.tokens import tokens

STRING, NUMBER = '""', "0"
COUNTING = ("LIMIT", "OFFSET")
MAX_TEXT_CHARS = 1 << 14  # nobody writes a longer one by hand, and one thread reads them all
_REACHING = re.compile(r"<(mailto|tel|sip|sips|xmpp|im):", re.IGNORECASE)


def skeleton(text: str) -> str:
    """The query in one line without literals and comments; empty if it is too long to be looked at."""
    if len(text) > MAX_TEXT_CHARS:
        return ""
    words: list[str] = []
    before = ""
    for token in tokens(text):
        if token.kind == "string":
            words.append(STRING)
        elif token.kind == "number" and before not in COUNTING:
            words.append(NUMBER)
        elif token.kind == "iri" and (reached := _REACHING.match(token.text)):
            words.append(f"<{reached[1].lower()}:>")
        else:
            words.append(token.text)
        before = token.text.upper()
    return " ".join(words)
