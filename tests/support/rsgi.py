"""Stand-ins for RSGI objects, for tests without a server."""

from collections.abc import Iterable


class Fields:
    """The headers of a request, each with one or more values."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = list(pairs)
        self.lines: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self.lines.setdefault(name, []).append(value)

    def items(self) -> list[tuple[str, str]]:
        """All pairs of name and value."""
        return self.pairs

    def get(self, name: str) -> str | None:
        """The first value, if there is one."""
        return self.get_all(name)[0] if name in self.lines else None

    def get_all(self, name: str) -> list[str]:
        """All values."""
        return self.lines.get(name, [])
