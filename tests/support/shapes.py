"""Shapes of text that are hard for parsers, repeated to any length."""

SHAPES = {
    "quotes": '"',
    "apostrophes": "'",
    "escaped quotes": '\\"',
    "long strings that do not close": '"""\\"',
    "backslashes": "\\",
    "commas": ",",
    "semicolons": ";",
    "members": "a;q=0.,",
    "less than": "<",
    "IRIs with number signs": "<#>",
    "number signs": "#",
    "braces": "{",
    "parentheses": "(",
    "percent signs": "%",
    "escapes": "%41",
    "dots": ".",
    "slashes": "/",
    "spaces": " ",
    "ampersands": "a&",
    "hyphens": "-",
    "services": "<SERVICE#>",
    "letters": "a",
}


def repeated(shape: str, size: int) -> str:
    """The shape, repeated as often as it fits into a number of characters."""
    return shape * (size // len(shape))
