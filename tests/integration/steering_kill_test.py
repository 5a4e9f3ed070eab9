"""The daemon is killed again and again at random moments, and nothing of it stays behind.
RUNNERIQ_TEST_KILLS says how often; by default so often as a few seconds allow."""

from __future__ import annotations

import os

from kill_loop import run

KILLS = int(os.environ.get("RUNNERIQ_TEST_KILLS", "40"))
SEED = 11


def test_kills_at_random_moments_leave_no_tag_and_lose_none() -> None:
    outcome = run(KILLS, SEED)
    assert outcome.writes > 0 and outcome.with_cuts > 0 and outcome.edits, outcome
    assert outcome.left_behind == {}, outcome
    assert outcome.lost == [], outcome
    assert outcome.wrong_writes == [], outcome
