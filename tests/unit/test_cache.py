"""The cache of answers: bounded, and exact."""

import pytest

from iqgraph.service.requests.front import OVERHEAD_BYTES, Cache
from iqgraph.web.http.messages import Answer


def answer(size: int) -> Answer:
    """An answer that takes so many bytes."""
    return Answer(200, [], b"x" * (size - OVERHEAD_BYTES))


@pytest.mark.parametrize(
    ("bounds", "asked", "puts", "kept", "size"),
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
def test_what_is_kept(
    bounds: tuple[int, int], asked: str, puts: dict[str, tuple[int, int]], kept: str, size: int
) -> None:
    """Within the bound, those asked for last; one answer cannot push out all others, and its request counts."""
    cache = Cache(*bounds)
    for key, (own, more) in puts.items():
        cache.get(asked)
        cache.put(key, answer(own), more)

    assert "".join(key for key in puts if cache.get(key) == answer(puts[key][0])) == kept
    assert cache.size == size


def test_putting_twice_counts_once() -> None:
    """Two requests at a time that both missed do not distort the size."""
    cache = Cache(10_000, 2_000)
    cache.put("a", answer(1_000))
    cache.put("a", answer(1_000))

    assert cache.size == 1_000
    assert cache.get("A") is None
