"""The cache of answers: bounded and exact."""

import pytest

from iqgraph.service.requests.front import OVERHEAD_BYTES, Cache
from iqgraph.web.http.messages import HttpResponse


def answer(size: int) -> HttpResponse:
    """An answer of this size."""
    return HttpResponse(200, [], b"x" * (size - OVERHEAD_BYTES))


@pytest.mark.parametrize(
    ("bounds", "requested_key", "puts", "keys", "size"),
    [
        ((10_000, 5_000), "", {"a": (1_000, 0)}, "a", 1_000),
        ((3_000, 3_000), "a", {"a": (1_000, 0), "b": (1_000, 0), "c": (1_000, 0), "d": (1_000, 0)}, "acd", 3_000),
        ((3_000, 3_000), "", {"a": (1_000, 0), "b": (1_000, 0), "c": (1_000, 0), "d": (2_000, 0)}, "cd", 3_000),
        ((10_000, 2_000), "", {"a": (1_000, 0), "b": (2_001, 0)}, "a", 1_000),
        ((10_000, 2_000), "a", {"a": (1_000, 0), "b": (2_000, 0)}, "ab", 3_000),
        ((3_000, 2_500), "", {"a": (1_000, 1_000), "b": (1_000, 1_000), "c": (1_000, 2_000)}, "b", 2_000),
    ],
    ids=["put", "longest not asked for", "as many as must", "too large", "largest", "with the request"],
)
def test_eviction(
    bounds: tuple[int, int], requested_key: str, puts: dict[str, tuple[int, int]], keys: str, size: int
) -> None:
    """The cache keeps the latest answers within its bound; large answers are not cached, and requests count."""
    cache = Cache(*bounds)
    for key, (own, more) in puts.items():
        cache.get(requested_key)
        cache.put(key, answer(own), more)

    assert "".join(key for key in puts if cache.get(key) == answer(puts[key][0])) == keys
    assert cache.size == size


def test_concurrent_misses_count_once() -> None:
    """Two requests that both missed put the same answer."""
    cache = Cache(10_000, 2_000)
    cache.put("a", answer(1_000))
    cache.put("a", answer(1_000))

    assert cache.size == 1_000
    assert cache.get("A") is None
