"""Where a wire text went: dropped, linked and shown."""

from pathlib import Path

from services.cli.origins import origin_lines
from services.console.queries import StoryDetail, get_story
from shared.runtime import Runtime
from shared.steps import LINK
from tests.e2e.corpus import record
from tests.e2e.stepping import Stepper
from tests.unit.reuse.texts import HARBOUR

TITLE = "A crane falls on a ferry at Marrow Bay"
WIRE = f"MARROW BAY (AP) - {HARBOUR}"
MORE = (
    " Relatives of the four waited at the hospital gate all morning. Their union has asked for a "
    "strike until every crane in Marrow Bay is inspected anew. The company that rents out the "
    "crane did not answer our questions, but a lorry took papers from its office at noon. Ines "
    "Calder will speak to the council of Marrow Bay about cranes and the ferry on Friday."
)
OWN = (
    "I stood on the quay of Marrow Bay when the crane came down on the ferry. People ran. A man "
    "from the ticket office threw ropes; Ines Calder, the harbour master, shouted names from a "
    "list. On Tuesday the ferry lay with its bow under water, and nobody sold coffee."
)
CUT = WIRE[: WIRE.index(" All four workers")]


def _story(runtime: Runtime, folder: Path, *, dated: bool) -> StoryDetail:
    drops = [
        ("Tide", WIRE, "2026-03-03T09:00:00Z"),
        ("Beacon", WIRE, "2026-03-03T08:00:00Z"),
        ("Echo", WIRE.replace("dock workers", "dockers"), "2026-03-03T10:00:00Z"),
        ("Herald", CUT, "2026-03-03T11:00:00Z"),
        ("Weekly", WIRE + MORE, "2026-03-03T12:00:00Z"),
        ("Ledger", OWN, "2026-03-03T13:00:00Z"),
    ]
    stepper = Stepper(runtime, folder)
    for outlet, text, published in drops:
        given = published if dated else None
        stepper.drop(f"{outlet}.json", record(TITLE, text, outlet=outlet, published=given))
    stepper.settle(until=LINK)
    with runtime.database.read() as connection:
        found = get_story(connection, 1)
    assert found is not None
    return found


def test_a_wire_text_is_followed_from_its_earliest_copy(sqlite_runtime: Runtime, tmp_path: Path):
    story = _story(sqlite_runtime, tmp_path, dated=True)

    assert list(origin_lines(story)) == [
        (
            "origin: a2 Beacon, 3 March 2026 08:00 · carried whole by a1 Tide, a3 Echo · "
            "shortened by a4 Herald · with additions by a5 Weekly · credits AP"
        )
    ]
    assert (story.summary.article_count, story.summary.independent_count) == (6, 2)
    assert {credit.article_id for credit in story.credits} == {1, 2, 3, 4, 5}
    assert story.credits[0].evidence is not None
    assert story.credits[0].evidence.text == "AP"


def test_without_dates_the_first_to_arrive_is_the_earliest_known(
    sqlite_runtime: Runtime, tmp_path: Path
):
    (line,) = origin_lines(_story(sqlite_runtime, tmp_path, dated=False))

    assert line.startswith("origin: a1 Tide, undated, arrived ")
    assert "carried whole by a2 Beacon, a3 Echo · shortened by a4 Herald" in line
