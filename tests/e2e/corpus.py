"""Articles in our own words: one event told in several ways, another event, many reports."""

from __future__ import annotations

import json
import random
from typing import Any

QUARRY_TITLE = "Veltra ministers sign quarry accord in Osmund"
QUARRY_LEAD = (
    "Ministers from Veltra and Karsk signed an accord in Osmund on Tuesday that opens the Hollin "
    "quarry to joint survey teams for the first time since the border closed."
)
QUARRY_BODY = (
    "Trade minister Ansel Brook said the survey would cost 40 million crowns and take two years. "
    "His counterpart, Rhea Tamsin, told reporters in Osmund that the first team of thirty "
    "geologists would cross at the Dunmarrow bridge before the end of the month.\n\n"
    "The Hollin quarry supplied slate to both capitals for a century. It has stood under water "
    "since the pumps were switched off, and the Osmund town council wants the site drained before "
    "anybody lays a stone there.\n\n"
    "Brook and Tamsin will meet again in Karsk in the spring to sign the second part of the "
    "accord, which settles who pays for the pumps."
)
QUARRY = f"{QUARRY_LEAD}\n\n{QUARRY_BODY}"
QUARRY_CORRECTED = QUARRY.replace("40 million crowns", "140 million crowns")
QUARRY_RETOLD_TITLE = "Slate quarry at Hollin to be surveyed under Osmund accord"
QUARRY_RETOLD = (
    "The drowned Hollin quarry will be pumped dry and surveyed by geologists from Karsk and "
    "Veltra, after Rhea Tamsin and Ansel Brook put their names to an accord in Osmund.\n\n"
    "Residents of Osmund cheered outside the town hall. Mayor Lota Wrenfield said 220 jobs would "
    "return to the valley, and that a railway halt at Dunmarrow would reopen by the autumn.\n\n"
    "Tamsin promised a second accord in Karsk in the spring. Environmental groups warned that the "
    "water in the quarry holds arsenic and must be treated first, at a price of 9 million crowns."
)
LANTERN_TITLE = "Lantern moth returns to Isle of Perrin"
LANTERN = (
    "The lantern moth, believed lost for sixty years, has been found on the Isle of Perrin by a "
    "school class looking for mushrooms.\n\n"
    "Teacher Odile Farrow photographed three of the insects on a fallen alder near the Sallow "
    "lighthouse. The natural history museum in Tarn confirmed the finding on Friday and asked "
    "visitors to keep away from the grove.\n\n"
    "Warden Piet Hask said that the moths need dead alder wood, which earlier wardens had burned "
    "every winter. The practice has been stopped, and the grove will be fenced by the weekend."
)
# Both events in one paper: the whole of each text, one after the other.
ROUND_UP_TITLE = "The week in brief"
ROUND_UP = f"{QUARRY}\n\n{LANTERN}"

_STARTS = ("ba", "ce", "do", "fi", "gu", "ka", "le", "mo", "ni", "pu", "ra", "se", "to", "vi", "zu")
_ENDS = ("ran", "lin", "mos", "tek", "dul", "gar", "nix", "pol", "sun", "vek")
_ACTS = (
    "{0} {1} opened the {2} depot near {3} with a speech on {4} and {5}.",
    "The {2} council in {3} counted {6} crates of {4} before {1} locked the doors.",
    "Critics of {0} {1} said the {5} at {3} would last no longer than {6} days.",
    "A letter from {1} to the {2} council asks for {4}, for {5} and for a road to {3}.",
    "Nobody in {3} had seen {5} of that kind since the {2} depot burned down.",
)


def leaflet(number: int) -> tuple[str, str]:
    """Return (title, text) of a text that shares no word with others but those of every sentence.

    What has nothing to be compared with costs little to link: for tests of very many.
    """
    chance = random.Random(number)
    words = ["".join(chance.choices(_STARTS, k=4)) + chance.choice(_ENDS) for _ in range(36)]
    body = ". ".join(f"{' '.join(words[at : at + 4])} and the depot" for at in range(0, 36, 4))
    return f"{words[0].title()} {words[1]} {words[2]}", body


def report(number: int) -> tuple[str, str]:
    """Return (title, text) of a short report that shares no event with any other number."""
    chance = random.Random(number)

    def word() -> str:
        return "".join(chance.choices(_STARTS, k=3)) + chance.choice(_ENDS)

    names = [word().title() for _ in range(4)] + [word(), word(), str(chance.randrange(11, 999))]
    acts = list(_ACTS)
    chance.shuffle(acts)
    text = " ".join(
        act.format(*names[:4], word(), word(), str(chance.randrange(11, 999))) for act in acts
    )
    return f"{names[0]} {names[1]} and the {names[2]} depot in {names[3]}", text


def record(
    title: str,
    text: str,
    *,
    outlet: str | None = None,
    published: str | None = None,
    **more: Any,
) -> str:
    """Return an article as a JSON record."""
    fields = {"title": title, "outlet": outlet, "published": published, "text": text} | more
    return json.dumps({key: value for key, value in fields.items() if value is not None})
