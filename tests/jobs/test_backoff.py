"""The pause between attempts."""

from random import Random

import pytest

from jobs.backoff import FIRST_S, LONGEST_S, backoff


@pytest.mark.parametrize("attempts", range(1, 40))
def test_a_pause_lies_between_half_and_the_whole_of_its_step(attempts: int) -> None:
    step = min(LONGEST_S, FIRST_S * 2**attempts)
    for seed in range(20):
        assert step / 2 <= backoff(attempts, Random(seed)).total_seconds() <= step


def test_many_senders_do_not_come_at_once() -> None:
    assert len({backoff(3, Random(seed)) for seed in range(50)}) == 50


def test_never_sooner_than_the_other_side_asked() -> None:
    assert backoff(1, Random(1), asked_s=7200).total_seconds() == 7200
