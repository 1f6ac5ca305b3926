"""The budget: work is taken out of it, and time puts it back in."""

import pytest

from iqgraph.service.requests.accounting import Budget


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> Budget:
    """Ten seconds of work in a hundred."""
    return Budget(10, 100, clock)


def test_a_new_client_has_it_all(budget: Budget) -> None:
    """Nobody starts with a debt."""
    assert budget.level("a") == 10
    assert budget.wait("a") == 0


def test_work_is_taken_out_and_comes_back(budget: Budget, clock: Clock) -> None:
    """Evenly, and never to more than all of it; other clients do not notice."""
    budget.spend("a", 4)
    assert (budget.level("a"), budget.level("b")) == (6, 10)

    clock.now += 20
    assert budget.level("a") == pytest.approx(8)

    clock.now += 1000
    assert budget.level("a") == 10


def test_who_has_used_it_up_waits(budget: Budget, clock: Clock) -> None:
    """An answer may cost more than there was; then it takes longer until there is a whole second again."""
    budget.spend("a", 13)

    assert budget.wait("a") == 40
    clock.now += 29
    assert budget.wait("a") == 11
    clock.now += 2
    assert budget.wait("a") == 0
    assert budget.refusals == 2


def test_no_budget_is_no_limit(clock: Clock) -> None:
    """By default nobody is refused or remembered."""
    budget = Budget(0, 600, clock)
    budget.spend("a", 1e6)

    assert budget.wait("a") == 0
    assert not budget.levels


def test_few_are_remembered(clock: Clock) -> None:
    """However many clients come, memory does not grow; whoever was not heard of for longest is forgotten."""
    budget = Budget(10, 100, clock, max_clients=3)
    for client in ("a", "b", "c", "a", "d"):
        budget.spend(client, 1)

    assert list(budget.levels) == ["c", "a", "d"]
    assert budget.level("b") == 10
