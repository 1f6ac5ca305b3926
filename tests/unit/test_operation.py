"""How the service is operated: from the configuration to what the server does."""

from pathlib import Path

from configured import settings
from iqgraph.service.requests.budget import Policy
from iqgraph.service.requests.journal import Form
from iqgraph.service.requests.operation import Logs, Operation
from iqgraph.service.requests.querylog import Keeping


def test_defaults() -> None:
    """Nobody is trusted or refused, and nothing is written down."""
    found, plain = Operation.of(settings()), Operation()

    assert (found.proxies.base_path, found.proxies.trusted) == ("", ())
    assert (found.policy, found.cache, found.access, found.queries) == (Policy(), plain.cache, "off", None)
    assert Logs(found).kept == []


def test_all_set(tmp_path: Path) -> None:
    """Each setting reaches its place."""
    flags = {
        "base-path": "/kg",
        "trusted-proxies": "10.0.0.0/8",
        "budget": "60",
        "budget-window": "120",
        "cache-size": "1",
        "access-log": str(tmp_path / "a.log"),
        "log-addresses": "network",
        "query-log": str(tmp_path),
        "query-log-text": "whole",
        "query-log-time": "minute",
        "query-log-days": "7",
        "query-log-size": "2",
    }
    found = Operation.of(settings(*(word for name, value in flags.items() for word in (f"--{name}", value))))

    assert (found.proxies.base_path, str(found.proxies.trusted[0])) == ("/kg", "10.0.0.0/8")
    assert (found.policy, found.cache) == (Policy(60, 120), 1 << 20)
    assert found.form == Form(json=True, addresses="network")
    assert found.queries == Keeping(tmp_path, "whole", "minute", 7, 2 << 20)
    logs = Logs(found)
    assert [one.name for one in logs.kept] == ["access log", "query log"]
    logs.close()
