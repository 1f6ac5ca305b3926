"""The budget: work is subtracted, and time refills it."""

import pytest

from iqgraph.service.requests.accounting import Budget

NOW = 1000.0


@pytest.fixture
def budget() -> Budget:
    """Ten seconds of work in a hundred; the clock stands still until a test sets it."""
    return Budget(10, 100, lambda: NOW)


def test_work_is_subtracted_and_refilled(budget: Budget) -> None:
    """Linearly, and up to the whole budget; each client has its own."""
    budget.spend("a", 4)
    assert (budget.level("a"), budget.level("b"), budget.wait("b")) == (6, 10, 0)

    budget.clock = lambda: NOW + 20
    assert budget.level("a") == pytest.approx(8)

    budget.clock = lambda: NOW + 1020
    assert budget.level("a") == 10


def test_a_client_without_budget_waits(budget: Budget) -> None:
    """Until one second is left; an answer may cost more than the budget, so the wait grows."""
    budget.spend("a", 13)

    assert budget.wait("a") == 40
    budget.clock = lambda: NOW + 29
    assert budget.wait("a") == 11
    budget.clock = lambda: NOW + 31
    assert budget.wait("a") == 0
    assert budget.refusals == 2


def test_no_budget_is_no_limit() -> None:
    """By default no client is refused or recorded."""
    budget = Budget(0, 600)
    budget.spend("a", 1e6)

    assert budget.wait("a") == 0
    assert not budget.levels


def test_the_number_of_clients_is_bounded() -> None:
    """The one without requests for longest is forgotten."""
    budget = Budget(10, 100, lambda: NOW, max_clients=3)
    for client in ("a", "b", "c", "a", "d"):
        budget.spend(client, 1)

    assert list(budget.levels) == ["c", "a", "d"]
    assert budget.level("b") == 10
