"""The state machine of working rows: who holds a row, and who may still write it; both engines."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shared.backlog import count_backlog
from shared.database import Database
from shared.errors import LeaseLostError
from shared.runtime import Runtime
from shared.steps import EXTRACT, STEPS
from shared.tables import files
from shared.work import MAX_PAUSE_SECONDS, Claimed, Work
from tests.integration.shared.rows import LONG_AGO, add_files, file_row, file_rows


@pytest.fixture
def runtime(frozen_runtime):
    return frozen_runtime


def finish(runtime: Runtime, claimed: Claimed, state: str = "read", **options: Any) -> None:
    with runtime.database.write() as connection:
        runtime.work.finish(connection, EXTRACT, claimed, state, **options)


def test_only_rows_that_are_due_are_claimed(runtime, frozen_clock):
    due = add_files(runtime.database, 1, due_at=frozen_clock.at)
    later = add_files(runtime.database, 1, due_at=frozen_clock.at + timedelta(seconds=1))
    done = add_files(runtime.database, 1, state="read")
    assert [row.id for row in runtime.work.claim(EXTRACT, due + later + done)] == due


def test_rows_nobody_named_are_left_alone(runtime):
    first, second = add_files(runtime.database, 2)
    assert [row.id for row in runtime.work.claim(EXTRACT, [second, 999_999])] == [second]
    assert file_row(runtime.database, first).lease_token is None


def test_claiming_nothing_asks_nothing_of_the_database(runtime):
    assert runtime.work.claim(EXTRACT, []) == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_can_be_claimed_looked_through_and_counted(runtime, step):
    assert runtime.work.claim(step, [1]) == []
    assert runtime.work.due(step, 10) == []
    with runtime.database.read() as connection:
        backlog = count_backlog(connection, step, runtime.database.now(connection))
    assert (backlog.due, backlog.leased, backlog.later, backlog.dead) == (0, 0, 0, 0)
    assert (backlog.oldest_seconds, backlog.next_at) == (None, None)


def test_a_leased_row_is_not_claimed_again_before_its_lease_ends(runtime, frozen_clock):
    ids = add_files(runtime.database, 1)
    assert runtime.work.claim(EXTRACT, ids)
    frozen_clock.advance(seconds=59.9)
    assert runtime.work.claim(EXTRACT, ids) == []
    frozen_clock.advance(seconds=0.1)
    assert [row.attempts for row in runtime.work.claim(EXTRACT, ids)] == [2]


def test_the_attempt_is_counted_in_the_claim_itself(runtime):
    (row_id,) = add_files(runtime.database, 1)
    (claimed,) = runtime.work.claim(EXTRACT, [row_id])
    row = file_row(runtime.database, row_id)
    assert (claimed.attempts, row.attempts, row.lease_token) == (1, 1, claimed.token)


def test_the_sixth_claim_of_a_row_that_kills_its_workers_buries_it(runtime, frozen_clock):
    poison, healthy = add_files(runtime.database, 2)
    for _ in range(5):
        assert [row.id for row in runtime.work.claim(EXTRACT, [poison])] == [poison]
        frozen_clock.advance(seconds=60)
    assert [row.id for row in runtime.work.claim(EXTRACT, [poison, healthy])] == [healthy]
    row = file_row(runtime.database, poison)
    assert (row.state, row.died_in, row.lease_token) == ("dead", "received", None)
    assert row.last_error == "gave up after 5 attempts: its worker died or hung"


def test_a_buried_row_keeps_the_last_error_it_reported(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [row_id]), "no such page")
    for _ in range(5):
        frozen_clock.advance(seconds=60)
        runtime.work.claim(EXTRACT, [row_id])
    row = file_row(runtime.database, row_id)
    assert row.state == "dead"
    assert "worker died or hung" in row.last_error
    assert "last error: no such page" in row.last_error


def test_failures_wait_twice_as_long_each_time_and_the_fifth_is_the_last(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    pauses = []
    for _ in range(4):
        assert not runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [row_id]), "boom")
        due_at = file_row(runtime.database, row_id).next_attempt_at
        pauses.append((due_at - frozen_clock.at).total_seconds())
        assert runtime.work.claim(EXTRACT, [row_id]) == []
        frozen_clock.at = due_at
    assert pauses == [2, 4, 8, 16]
    assert runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [row_id]), "boom")
    row = file_row(runtime.database, row_id)
    assert (row.state, row.died_in, row.last_error) == ("dead", "received", "boom")


def test_the_pause_after_a_failure_has_a_ceiling_however_many_attempts(new_runtime, frozen_clock):
    runtime = new_runtime(clock=frozen_clock, work={"max_attempts": 5000})
    (row_id,) = add_files(runtime.database, 1, attempts=2000)
    runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [row_id]), "boom")
    pause = file_row(runtime.database, row_id).next_attempt_at - frozen_clock.at
    assert pause.total_seconds() == MAX_PAUSE_SECONDS


def test_failing_a_row_that_was_taken_over_changes_nothing_and_kills_nobody(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1, attempts=3)
    runtime.work.claim(EXTRACT, [row_id])
    frozen_clock.advance(seconds=60)
    (fifth,) = runtime.work.claim(EXTRACT, [row_id])
    finish(runtime, fifth)
    assert runtime.work.fail(EXTRACT, fifth, "too late") is False
    assert file_row(runtime.database, row_id).state == "read"


def test_postponing_counts_no_attempt_however_often(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    for _ in range(12):
        claimed = runtime.work.claim(EXTRACT, [row_id])
        assert [row.attempts for row in claimed] == [1]
        runtime.work.postpone(EXTRACT, claimed, "disk full")
        assert runtime.work.claim(EXTRACT, [row_id]) == []
        frozen_clock.advance(seconds=5)
    row = file_row(runtime.database, row_id)
    assert (row.state, row.attempts, row.last_error) == ("received", 0, "disk full")


def test_postponing_takes_its_own_pause(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    runtime.work.postpone(EXTRACT, runtime.work.claim(EXTRACT, [row_id]), "away", seconds=0.5)
    assert runtime.work.claim(EXTRACT, [row_id]) == []
    frozen_clock.advance(seconds=0.5)
    assert runtime.work.claim(EXTRACT, [row_id])


def test_a_finished_row_carries_its_values_and_starts_the_next_step_fresh(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1, attempts=2, last_error="once")
    (claimed,) = runtime.work.claim(EXTRACT, [row_id])
    frozen_clock.advance(seconds=3)
    finish(runtime, claimed, values={"outcome": "read", "format": "text"})
    row = file_row(runtime.database, row_id)
    assert (row.state, row.outcome, row.format) == ("read", "read", "text")
    assert (row.attempts, row.lease_token, row.lease_until, row.last_error) == (0, None, None, None)
    assert row.next_attempt_at == frozen_clock.at


def test_a_finished_row_may_wait_for_a_time(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    (claimed,) = runtime.work.claim(EXTRACT, [row_id])
    at = frozen_clock.at + timedelta(hours=2)
    finish(runtime, claimed, due_at=at)
    assert file_row(runtime.database, row_id).next_attempt_at == at


def test_a_late_orphan_changes_no_row_and_is_told_so(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    (orphan,) = runtime.work.claim(EXTRACT, [row_id])
    frozen_clock.advance(seconds=60)
    (heir,) = runtime.work.claim(EXTRACT, [row_id])
    before = file_row(runtime.database, row_id)
    with pytest.raises(LeaseLostError, match=f"f{row_id}"):
        finish(runtime, orphan)
    with pytest.raises(LeaseLostError):
        runtime.work.renew(EXTRACT, orphan)
    with pytest.raises(LeaseLostError), runtime.database.write() as connection:
        runtime.work.give_up(connection, EXTRACT, orphan, "mine")
    with pytest.raises(LeaseLostError), runtime.database.write() as connection:
        runtime.work.schedule(connection, EXTRACT, orphan, frozen_clock.at, "mine")
    runtime.work.postpone(EXTRACT, [orphan], "mine")
    runtime.work.fail(EXTRACT, orphan, "mine")
    assert file_row(runtime.database, row_id) == before
    finish(runtime, heir)


def test_what_an_orphan_wrote_beside_its_finish_is_rolled_back(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    (orphan,) = runtime.work.claim(EXTRACT, [row_id])
    frozen_clock.advance(seconds=60)
    runtime.work.claim(EXTRACT, [row_id])

    def write_and_finish() -> None:
        with runtime.database.write() as connection:
            connection.execute(files.update().values(detail="from the grave"))
            runtime.work.finish(connection, EXTRACT, orphan, "read")

    with pytest.raises(LeaseLostError):
        write_and_finish()
    assert file_row(runtime.database, row_id).detail is None


def test_finishing_twice_is_refused_the_second_time(runtime):
    (claimed,) = runtime.work.claim(EXTRACT, add_files(runtime.database, 1))
    finish(runtime, claimed)
    with pytest.raises(LeaseLostError):
        finish(runtime, claimed)


def test_a_renewed_lease_lasts_as_long_again(runtime, frozen_clock):
    ids = add_files(runtime.database, 1)
    (claimed,) = runtime.work.claim(EXTRACT, ids)
    frozen_clock.advance(seconds=50)
    runtime.work.renew(EXTRACT, claimed)
    frozen_clock.advance(seconds=50)
    assert runtime.work.claim(EXTRACT, ids) == []
    finish(runtime, claimed)


def test_a_row_scheduled_by_its_caller_counts_no_attempt_of_ours(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    (claimed,) = runtime.work.claim(EXTRACT, [row_id])
    at = frozen_clock.at + timedelta(minutes=5)
    with runtime.database.write() as connection:
        runtime.work.schedule(connection, EXTRACT, claimed, at, "503")
    row = file_row(runtime.database, row_id)
    assert (row.next_attempt_at, row.attempts, row.last_error) == (at, 0, "503")


def test_giving_up_buries_the_row_with_what_else_the_transaction_wrote(runtime):
    (row_id,) = add_files(runtime.database, 1)
    (claimed,) = runtime.work.claim(EXTRACT, [row_id])
    with runtime.database.write() as connection:
        connection.execute(files.update().values(detail="never again"))
        runtime.work.give_up(connection, EXTRACT, claimed, "gone for good")
    row = file_row(runtime.database, row_id)
    assert (row.state, row.died_in, row.detail) == ("dead", "received", "never again")


def test_a_long_error_is_cut_and_says_by_how_much(runtime):
    (row_id,) = add_files(runtime.database, 1)
    runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [row_id]), "x" * 2500)
    assert file_row(runtime.database, row_id).last_error.endswith("x … (500 more characters)")


def test_the_dead_are_revived_into_the_state_they_died_in_and_nobody_else_is(runtime, frozen_clock):
    dead, alive = add_files(runtime.database, 2, attempts=4)
    runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [dead]), "boom")
    with runtime.database.write() as connection:
        assert runtime.work.revive(connection, files, [dead, alive, 999_999]) == [dead]
    row = file_row(runtime.database, dead)
    assert (row.state, row.died_in, row.attempts, row.last_error) == ("received", None, 0, None)
    assert row.next_attempt_at == frozen_clock.at
    assert file_row(runtime.database, alive).attempts == 4
    assert [claimed.attempts for claimed in runtime.work.claim(EXTRACT, [dead])] == [1]


def test_rows_are_moved_only_from_the_states_named(runtime):
    rejected = add_files(runtime.database, 1, state="rejected")
    read = add_files(runtime.database, 1, state="read")
    with runtime.database.write() as connection:
        moved = runtime.work.move(
            connection, files, rejected + read, states=["rejected"], to="received"
        )
    assert moved == rejected
    assert [row.id for row in runtime.work.claim(EXTRACT, rejected + read)] == rejected


def test_a_row_moved_under_its_holder_is_lost_to_that_holder(runtime, frozen_clock):
    (row_id,) = add_files(runtime.database, 1)
    (claimed,) = runtime.work.claim(EXTRACT, [row_id])
    at = frozen_clock.at + timedelta(hours=1)
    with runtime.database.write() as connection:
        runtime.work.move(
            connection,
            files,
            [row_id],
            states=["received"],
            to="received",
            values={"detail": "again, in an hour"},
            due_at=at,
        )
    with pytest.raises(LeaseLostError):
        finish(runtime, claimed)
    row = file_row(runtime.database, row_id)
    assert (row.detail, row.next_attempt_at, row.attempts) == ("again, in an hour", at, 0)


def test_an_early_claim_takes_waiting_rows_but_none_that_is_held(runtime, frozen_clock):
    waiting, held = add_files(runtime.database, 2)
    assert runtime.work.claim(EXTRACT, [held])
    runtime.work.fail(EXTRACT, *runtime.work.claim(EXTRACT, [waiting]), "wait")
    assert runtime.work.claim(EXTRACT, [waiting, held]) == []
    claimed = runtime.work.claim(EXTRACT, [waiting, held], early=True)
    assert [(row.id, row.attempts) for row in claimed] == [(waiting, 2)]


def test_due_rows_come_longest_waiting_first_and_no_more_than_asked_for(runtime):
    late = add_files(runtime.database, 1, due_at=LONG_AGO + timedelta(days=1), attempts=2)
    early = add_files(runtime.database, 2, due_at=LONG_AGO)
    assert runtime.work.due(EXTRACT, 10) == [(early[0], 0), (early[1], 0), (late[0], 2)]
    assert runtime.work.due(EXTRACT, 1) == [(early[0], 0)]


def test_the_backlog_counts_each_row_once_and_knows_its_ages(runtime, frozen_clock):
    now = frozen_clock.at
    abandoned, held, dead = add_files(runtime.database, 3, attempts=0)
    runtime.work.claim(EXTRACT, [abandoned])
    frozen_clock.at = now = now + timedelta(seconds=60)
    runtime.work.claim(EXTRACT, [held])
    with runtime.database.write() as connection:
        connection.execute(
            files.update()
            .where(files.c.id == dead)
            .values(state="dead", died_in="received", lease_token=None)
        )
    add_files(runtime.database, 1, due_at=now - timedelta(seconds=90))
    add_files(runtime.database, 2, due_at=now + timedelta(seconds=30))
    add_files(runtime.database, 1, state="read")
    add_files(runtime.database, 1, state="dead", died_in="elsewhere")
    with runtime.database.read() as connection:
        backlog = count_backlog(connection, EXTRACT, now)
    assert (backlog.due, backlog.leased, backlog.later, backlog.dead) == (2, 1, 2, 1)
    assert backlog.oldest_seconds == 90
    assert backlog.next_at == now + timedelta(seconds=30)


def test_freeing_leases_makes_rows_due_at_once_and_keeps_their_attempts(runtime):
    ids = add_files(runtime.database, 3)
    (claimed, *_) = runtime.work.claim(EXTRACT, ids[:2])
    assert runtime.work.free_leases() == 2
    assert [row.attempts for row in runtime.work.claim(EXTRACT, ids)] == [2, 2, 1]
    with pytest.raises(LeaseLostError):
        finish(runtime, claimed)


def claim_everything(
    work: Work, ids: Sequence[int], won: list[int], start: threading.Barrier
) -> None:
    """Claim *ids* in slices, as several workers told of the same rows do."""
    start.wait()
    for at in range(0, len(ids), 7):
        won += [row.id for row in work.claim(EXTRACT, ids[at : at + 20])]


def test_claimers_at_the_same_time_never_share_a_row(runtime, open_at):
    ids = add_files(runtime.database, 120)
    url = runtime.settings.database_url
    claimers = [open_at(url) for _ in range(4)]
    won: list[list[int]] = [[] for _ in claimers]
    start = threading.Barrier(len(claimers))
    threads = [
        threading.Thread(target=claim_everything, args=(claimer.work, ids, mine, start))
        for claimer, mine in zip(claimers, won, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claimed = [row_id for mine in won for row_id in mine]
    assert sorted(claimed) == ids
    assert {row.attempts for row in file_rows(runtime.database)} == {1}


def test_claimers_that_bury_the_same_rows_in_any_order_do_not_block_each_other(runtime, open_at):
    ids = add_files(runtime.database, 60, attempts=5)
    claimers = [open_at(runtime.settings.database_url) for _ in range(4)]
    start = threading.Barrier(len(claimers))
    won: list[int] = []
    threads = [
        threading.Thread(target=claim_everything, args=(claimer.work, order, won, start))
        for claimer, order in zip(claimers, [ids, ids[::-1], ids, ids[::-1]], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == []
    assert {row.state for row in file_rows(runtime.database)} == {"dead"}


def test_a_claim_passes_over_a_row_that_another_transaction_holds(postgres_runtime, open_at):
    held, free = add_files(postgres_runtime.database, 2)
    other = open_at(postgres_runtime.settings.database_url)
    with other.database.write() as connection:
        connection.execute(select(files.c.id).where(files.c.id == held).with_for_update())
        claimed = postgres_runtime.work.claim(EXTRACT, [held, free])
    assert [row.id for row in claimed] == [free]


def test_work_needs_nothing_but_a_database_and_its_settings(settings, sqlite_url):
    work = Work(Database(sqlite_url), settings.work)
    assert work.free_leases() == 0
    work.database.close()
