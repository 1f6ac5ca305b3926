"""An engine in this process with the asynchronous interface of the server."""

from iqgraph.engine import Embedded, Query, Shared
from iqgraph.engine.interface import Disconnect
from iqgraph.formats import Format
from iqgraph.settings import Settings


class Near(Embedded, Shared):
    """It answers at once, without limits unless a test sets them."""

    limits = Settings()

    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:  # noqa: ARG002
        """The answer."""
        return self.answer(query, output)
