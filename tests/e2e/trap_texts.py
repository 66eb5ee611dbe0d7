"""Texts that look like one story and are two, or like two and are one; all in our own words."""

from __future__ import annotations

import html

from tests.e2e.corpus import report

COOKIES = (
    "We and our 214 partners store small files on your device to learn how pages are read and to "
    "choose what is shown beside them. You may accept all of it, refuse all of it or decide "
    "purpose by purpose, and you may change your mind at the foot of every page."
)
NEWSLETTER = (
    "Our letter reaches you each Saturday before breakfast: one long read, five short ones and "
    "the crossword that nobody finishes. Leave your address below, confirm it once, and it is "
    "yours without charge until you tell us to stop."
)
GALLERY = (
    "Pictures by our readers: a heron on the weir, the last ferry of the season, paper hats at "
    "the harvest fair, fog over the allotments, a lamplighter at work and twelve swans asleep. "
    "Send yours before Thursday noon and say where you stood when you took it."
)

BAKERY_TITLE = "Baker of Corvane bakes the longest loaf of the coast"
BAKERY = (
    "It took nine ovens, four hundred kilos of rye and one patient dog to bring the longest loaf "
    "of the coast out of Mirelle Dax's bakery in Corvane on Thursday.\n\n"
    "Dax laid the loaf along the mole, where schoolchildren measured it with a rope: 61 metres, "
    "two more than the bakers of Sant Ilver managed last summer. A seagull took its share before "
    "the jury had signed.\n\n"
    "What was left went to the hospital kitchen and to the crew of a dredger that happened to lie "
    "in port. Dax said she would not do it again, and then named a date."
)

FLOOD_TITLE = "River Ask breaks its banks at Tolmere"
FLOOD_SHORT = (
    "The River Ask broke its banks at Tolmere in the night to Sunday after three days of rain, and "
    "600 people left their houses before dawn.\n\n"
    "Fire chief Bertil Roan said that the old dyke gave way behind the sugar works at two in the "
    "morning. Boats brought families from Mill Lane to the grammar school, where the town handed "
    "out blankets and soup."
)
FLOOD_ADDED = (
    "Engineers found a second crack of eleven metres in the dyke near the railway viaduct.",
    "The insurers' association put the damage at 85 million crowns and asked owners for pictures.",
    "Governor Selma Quist promised that nobody would wait longer than a month for a first payment.",
)
FLOOD_FULL = f"{FLOOD_SHORT}\n\n{' '.join(FLOOD_ADDED[:2])}\n\n{FLOOD_ADDED[2]}"

# The same two ministers as in the quarry accord, elsewhere and about something else.
MARKET_TITLE = "Fish market opens its doors in Fellhaven"
MARKET = (
    "Ansel Brook and Rhea Tamsin cut a ribbon of kelp in Fellhaven on Thursday and opened the new "
    "fish market, the first building that Veltra and Karsk have paid for together.\n\n"
    "Forty stalls sell herring, crab and smoked eel under a glass roof. Brook ate an oyster for "
    "the cameras; Tamsin, who is allergic, held the lemon. Harbour master Ewa Lorne rang the bell "
    "of the old lightship.\n\n"
    "The traders complained of the rent, which rose by a third while the roof was built. Their "
    "speaker, Dorit Vask, counted eleven empty stalls. Lorne said that the harbour board would "
    "listen to them after Easter."
)

_QUAKE = (
    "An earthquake of magnitude {size} struck {region} early on Monday, killing at least {dead} "
    "people and burying houses in the town of {town}, the geological survey said.\n\n"
    "The quake struck at a depth of {depth} kilometres and was felt as far as {far}. Rescuers dug "
    "with their hands in {street}, where a school had fallen in. Hospitals in {far} called for "
    "blood.\n\n"
    "Mayor {mayor} said that roads to {town} were blocked and that people would have to spend the "
    "night in the open. Aftershocks went on all day, and {region} has asked its neighbours for "
    "tents, field kitchens and dogs."
)
_QUAKE_TITLE = "Earthquake of magnitude {size} hits {town}"
_PLACES = (
    {
        "size": "6.1",
        "town": "Ustarak",
        "region": "the Kemre highlands",
        "dead": "41",
        "depth": "12",
        "far": "Dovrel",
        "street": "Tanner Street",
        "mayor": "Ilko Barsan",
    },
    {
        "size": "5.8",
        "town": "Puerto Anil",
        "region": "the Selva coast",
        "dead": "17",
        "depth": "30",
        "far": "Gran Teso",
        "street": "Calle Real",
        "mayor": "Noemi Vidal",
    },
)
# Two by one agency, which writes them all alike, and the second of them by somebody else.
QUAKES = tuple((_QUAKE_TITLE.format(**at), _QUAKE.format(**at)) for at in _PLACES)
_RETOLD = (
    "The Selva coast woke to a strong earthquake on Monday. Its magnitude was 5.8, its centre lay "
    "off Puerto Anil, and by noon the dead numbered 17.\n\n"
    "In Calle Real the front of the customs house slid into the street. Firefighters carried "
    "patients down the stairs of the Gran Teso hospital, and a navy ship brought tents, water and "
    "a field kitchen.\n\n"
    "Seismologists expect aftershocks for a week. Noemi Vidal, the mayor, asked everybody to stay "
    "away from balconies, and from rumours."
)
QUAKE_RETOLD = ("Strong earthquake shakes the Selva coast", _RETOLD)

LIVE_TITLE = "Strike on the Corvane railway: as it happens"
LIVE_URL = "https://quay-post.example/live/corvane-railway-strike"


def live_blog(updates: int) -> str:
    """Return the page after so many *updates*, the latest at the top."""
    entries = [
        f"{6 + number // 2:02}:{30 * (number % 2):02} {report(number)[1]}"
        for number in range(updates)
    ]
    start = (
        "Railway workers in Corvane began a strike of one day at six in the morning. The union "
        "wants the night allowance back that the company took away in spring, and the company says "
        "that it never promised to keep it."
    )
    return "\n\n".join([*reversed(entries), start])


# A and C report one event; the mixture takes 61 % of A, and two passages of C.
MINE_A_TITLE = "Rescuers reach all miners below Skarn"
MINE_A_TAKEN = (
    "Rescuers reached the last of nineteen miners below Skarn on Friday evening. \"They're all "
    "breathing, and they're all asking for coffee,\" said drill master Joren Falk of Falk & Sons. "
    "The men had sat for six days in a pocket of air beside the flooded east gallery. A camera "
    "let down through a hole no wider than a cup found them on Wednesday, playing cards by the "
    'light of one lamp. "We didn\'t count the days, we counted the biscuits," wrote foreman Ode '
    "Lind on the first note that came up."
)
MINE_A_REST = (
    "The mine had passed its inspection in May without a remark. Its owner has closed two sister "
    "pits until engineers have measured every pump, and the state prosecutor took away the "
    "logbooks on Thursday. In the village the bakery stayed open all night, and the band played "
    "until the last ambulance had gone up the hill to the hospital."
)
MINE_A = f"{MINE_A_TAKEN}\n\n{MINE_A_REST}"
MINE_C_TITLE = "Six days under Skarn: how nineteen miners were found"
MINE_C_PASSAGES = (
    "The water came through the east gallery at Skarn on Saturday, faster than anybody could run",
    "a capsule of steel barely wider than a man's shoulders went down and up again nineteen times",
)
MINE_C = (
    f"{MINE_C_PASSAGES[0]}. Nineteen miners climbed into a niche and shut the door behind them. "
    "For four days nobody above knew whether they lived.\n\n"
    "Joren Falk's firm drilled day and night. On Friday evening "
    f"{MINE_C_PASSAGES[1]}, and Ode Lind, the foreman, left the mine of Skarn as the last. "
    "His daughter had painted him a sign that read: you are late.\n\n"
    "Doctors kept the miners in the dark at first, for their eyes. The mine's owner said that the "
    "firm would pay each of them until the end of the year."
)
MIXED_TITLE = "Nineteen men come home to Skarn"
MIXED = (
    f"{MINE_A_TAKEN}\n\nOur reporter saw it from the church tower: {MINE_C_PASSAGES[1]}. "
    f"That is how it ended, and this is how it had begun. {MINE_C_PASSAGES[0]}."
)


def as_page(title: str, text: str) -> str:
    """Return an HTML page that spells quotes, dashes and blanks by entities and curly marks."""
    body = "".join(f"<p>{_curly(part)}</p>\n" for part in text.split("\n\n"))
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{html.escape(title)}</title></head>"
        f"<body><article><h1>{html.escape(title)}</h1>\n{body}</article></body></html>"
    )


def _curly(text: str) -> str:
    escaped = html.escape(text, quote=False).replace(" six days", "&nbsp;six&#32;days")
    opened = escaped.replace(' "', " &ldquo;").replace('"', "&#8221;")
    return opened.replace("'", "&rsquo;")
