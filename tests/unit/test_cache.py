"""The cache of answers: bounded, and exact."""

from iqgraph.service.requests.front import OVERHEAD_BYTES, Cache
from iqgraph.web.http.messages import Answer


def answer(size: int) -> Answer:
    """An answer that takes so many bytes."""
    return Answer(200, [], b"x" * (size - OVERHEAD_BYTES))


def test_what_was_put_is_found() -> None:
    """Under its key, and under no other."""
    cache = Cache(10_000, 5_000)
    cache.put("a", answer(1_000))

    assert cache.get("a") == answer(1_000)
    assert cache.get("A") is None


def test_the_one_not_asked_for_longest_goes_first() -> None:
    """The size stays within the bound."""
    cache = Cache(3_000, 3_000)
    for key in "abc":
        cache.put(key, answer(1_000))
    cache.get("a")
    cache.put("d", answer(1_000))

    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]
    assert cache.size == 3_000


def test_as_many_go_as_must() -> None:
    """A longer answer takes the place of several."""
    cache = Cache(3_000, 3_000)
    for key in "abc":
        cache.put(key, answer(1_000))
    cache.put("d", answer(2_000))

    assert [key for key in "abcd" if cache.get(key)] == ["c", "d"]
    assert cache.size == 3_000


def test_a_large_answer_is_not_kept() -> None:
    """One answer cannot push out all the others."""
    cache = Cache(10_000, 2_000)
    cache.put("small", answer(1_000))
    cache.put("large", answer(2_001))

    assert cache.get("large") is None
    assert cache.get("small")


def test_putting_twice_counts_once() -> None:
    """Two requests at a time that both missed do not distort the size."""
    cache = Cache(10_000, 2_000)
    cache.put("a", answer(1_000))
    cache.put("a", answer(1_000))

    assert cache.size == 1_000


def test_keys_take_room_too() -> None:
    """Long requests with short answers cannot fill the memory."""
    cache = Cache(3_000, 2_500)
    cache.put("a", answer(1_000), 1_000)
    cache.put("b", answer(1_000), 1_000)
    cache.put("c", answer(1_000), 2_000)

    assert [key for key in "abc" if cache.get(key)] == ["b"]
    assert cache.size == 2_000
