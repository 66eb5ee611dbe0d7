"""Which figures of two reports are one quantity: mistakes that a reader would be told about."""

import pytest

from services.extract.novelty import FigureChange, FigureKind, read_text
from tests.unit.novelty.reading import what_it_adds


def _changed(before: str, after: str) -> list[FigureChange]:
    found = what_it_adds(after, [(1, before)]).figures
    return [figure for figure in found if figure.kind is FigureKind.CHANGED]


def _values(text: str) -> list[tuple[str, float]]:
    return [(figure.unit, figure.value) for figure in read_text(1, text).figures]


# Another quantity: nothing has changed.
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "Washington has given $300 million for dioxin clean-up at the Bien Hoa air base.",
            "Washington has given $110 million for dioxin clean-up at the Da Nang airport.",
            id="another-place",
        ),
        pytest.param(
            "The ministry spent $300 million on mine clearance in the central provinces in 2019.",
            "The ministry spent $430 million on mine clearance in the central provinces in 2021.",
            id="another-year",
        ),
        pytest.param(
            "Consumer prices in Norland rose 3.1 percent in October from a year earlier.",
            "Consumer prices in Norland rose 3.4 percent in November from a year earlier.",
            id="another-month",
        ),
        pytest.param(
            "Twelve people were killed when a bus left the road above Tolby on Sunday.",
            "Thirty people were injured when a bus left the road above Tolby on Sunday.",
            id="injured-not-killed",
        ),
        pytest.param(
            "Exports of rice from the delta rose 12 percent in the first half of the year.",
            "Exports of rice from the delta fell 9 percent in the first half of the year.",
            id="rise-and-fall",
        ),
        pytest.param(
            "Washington will give $300 million for the clean-up of the old air base.",
            "Washington will give an additional $130 million for the clean-up of the old air base.",
            id="on-top",
        ),
        pytest.param(
            "The ministry said on Nov. 2 that the talks on the river border had made progress.",
            "The ministry said on Nov. 5 that the talks on the river border had made progress.",
            id="day-of-saying",
        ),
        pytest.param(
            "HANOI, Nov. 2 (VNA) - The two ministers met to talk about the war's legacy.",
            "HANOI, Nov. 3 (VNA) - The two ministers met to talk about the war's legacy.",
            id="dateline",
        ),
        pytest.param(
            "The bailout of the northern bank is worth 110 billion euros ($158 billion).",
            "The bailout of the northern bank is worth 110 billion euros ($143 billion).",
            id="another-rate-of-exchange",
        ),
        pytest.param(
            "Debris of flight 370 was found by fishermen on the beaches of the island.",
            "Debris of flight 447 was found by fishermen on the beaches of the island.",
            id="number-that-names",
        ),
        pytest.param(
            "He finished the season in Tolby with 33 goals and a medal for fair play.",
            "Mikael Oster finished the season in Tolby with 13 goals and a medal for fair play.",
            id="another-player",
        ),
        pytest.param(
            "The keeper saved 28 of 41 shots on his goal in the match at Lindow.",
            "The keeper saved 41 shots on his goal in the match at Lindow.",
            id="so-many-of-so-many",
        ),
        pytest.param(
            "Revenue of the Skerrin line came to 40 million euros in the quarter, it said.",
            "Profit of the Skerrin line came to 12 million euros in the quarter, it said.",
            id="profit-is-no-revenue",
        ),
    ],
)
def test_a_figure_of_another_quantity_has_not_changed(before, after):
    assert _changed(before, after) == []


# The same quantity, written otherwise: nothing has changed.
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("twelve people", "12 people", id="in-words"),
        pytest.param("twenty-five houses", "25 houses", id="compound-word"),
        pytest.param("a dozen boats", "12 boats", id="dozen"),
        pytest.param("120 soldiers", "a hundred and twenty soldiers", id="hundred-and"),
        pytest.param("$300 million in aid", "300 million USD in aid", id="sign-and-code"),
        pytest.param("US$1.2bn of loans", "1.2 billion dollars of loans", id="bn"),
        pytest.param("$500,000 in aid", "half a million dollars in aid", id="half-a-million"),
        pytest.param("$430m in aid", "$430 million in aid", id="letter"),
        pytest.param("430 million euros", "€429.6 million", id="rounded"),
        pytest.param("nearly 300 families", "298 families", id="nearly"),
        pytest.param("more than 1,200 families", "1,247 families", id="more-than"),
        pytest.param("41 percent of voters", "41.3 % of voters", id="per-cent-rounded"),
        pytest.param("300 million USD", "300 triệu USD", id="vietnamese-scale"),
        pytest.param("1.5 triệu USD", "1,5 triệu USD", id="decimal-comma"),
        pytest.param("three people killed", "three dead", id="dead-and-killed"),
    ],
)
def test_the_same_quantity_in_other_words_has_not_changed(before, after):
    text = "After the flood on the river Aske the council of Tolby counted {} in all near the quay."
    assert _changed(text.format(before), text.format(after)) == []
    assert _changed(text.format(after), text.format(before)) == []


# The same quantity with another value: a change that must not be missed.
@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        pytest.param(
            "The United States has given $300 million, of which $50 million for schools, to Tolby.",
            "The United States has given $430 million, of which $80 million for schools, to Tolby.",
            [("$300 million", "$430 million"), ("$50 million", "$80 million")],
            id="two-in-one-edited-sentence",
        ),
        pytest.param(
            "At least 12 people were killed when the river Aske burst its banks near Tolby.",
            "At least 14 people died when the river Aske burst its banks near Tolby.",
            [("12", "14")],
            id="killed-and-died",
        ),
        pytest.param(
            "One bomb was found under the old railway bridge at Dong Ha, police said.",
            "Three bombs were found under the old railway bridge at Dong Ha, police said.",
            [("One", "Three")],
            id="from-one",
        ),
        pytest.param(
            "The budget for clearing the old air base rises to $300 million, the ministry said.",
            "The budget for clearing the old air base rises to $0.43 billion, the ministry said.",
            [("$300 million", "$0.43 billion")],
            id="other-scale",
        ),
        pytest.param(
            "The talks on the river border in Westhaven begin on Nov. 2.",
            "The talks on the river border in Westhaven begin on 5 November.",
            [("Nov. 2", "5 November")],
            id="day-moved",
        ),
        pytest.param(
            "Hội nghị về rà phá bom mìn tại Quảng Trị sẽ khai mạc ngày 2/11 với ba nước.",
            "Hội nghị về rà phá bom mìn tại Quảng Trị sẽ khai mạc ngày 5/11 với ba nước.",
            [("ngày 2/11", "ngày 5/11")],
            id="vietnamese-day",
        ),
        pytest.param(
            "Hoa Kỳ tài trợ 300 triệu USD cho việc xử lý dioxin tại sân bay Biên Hòa.",
            "Hoa Kỳ tài trợ 430 triệu USD cho việc xử lý dioxin tại sân bay Biên Hòa.",
            [("300 triệu USD", "430 triệu USD")],
            id="vietnamese-money",
        ),
        pytest.param(
            "Bão số 5 làm 1.200 người ở Quảng Trị phải rời nhà trong đêm, tỉnh cho hay.",
            "Bão số 5 làm 1.900 người ở Quảng Trị phải rời nhà trong đêm, tỉnh cho hay.",
            [("1.200", "1.900")],
            id="vietnamese-count",
        ),
        pytest.param(
            "Insurers put the damage to the harbour of Marrow Bay at EUR 14 million on Friday.",
            "Insurers put the damage to the harbour of Marrow Bay at 21 million euros on Monday.",
            [("EUR 14 million", "21 million euros")],
            id="code-before",
        ),
        pytest.param(
            "Teams cleared some 200 hectares of farm land around the village of Hollin.",
            "Teams cleared some 260 hectares of farm land around the village of Hollin.",
            [("200", "260")],
            id="both-about",
        ),
        pytest.param(
            "Repairs to the Skerrin bridge will cost Norland A$30 million and take a summer.",
            "Repairs to the Skerrin bridge will cost Norland A$45 million and take a summer.",
            [("A$30 million", "A$45 million")],
            id="other-dollars",
        ),
    ],
)
def test_a_changed_quantity_is_found(before, after, change):
    assert [(figure.before, figure.after) for figure in _changed(before, after)] == change


def test_a_changed_figure_is_compared_with_the_latest_that_gave_it():
    text = "The ministry has cleared {} hectares of farm land around the village of Hollin so far."
    texts = [(number, text.format(200 + 10 * number)) for number in range(1, 5)]
    (change,) = what_it_adds(text.format(260), texts).figures
    assert (change.before, change.earlier_article_id) == ("240", 4)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("Tolby won 12 of its games and 3 cups.", [("count", 3.0)], id="won"),
        pytest.param("They seized 30 pounds of rice.", [("count", 30.0)], id="pounds-of"),
        pytest.param("Two-thirds of all voters stayed away.", [], id="fraction"),
        pytest.param("On page 12 stands 1.200 for 2-5 May.", [], id="names-and-ranges"),
        pytest.param("It costs 7.2 nghìn tỷ đồng.", [("VND", 7.2e12)], id="thousand-billion"),
        pytest.param("It costs 1.250.000 đồng.", [("VND", 1_250_000.0)], id="points-group"),
    ],
)
def test_figures_are_read_as_a_reader_would(text, values):
    assert _values(text) == values


def test_the_day_of_a_dateline_or_of_telling_is_no_count_of_months():
    texts = (
        "PORT KESSEL, {} March 2026 (Beacon Wire) - The harbour board met about the cranes again.",
        "The harbour board will decide about its four old cranes, the warden said on {} March.",
    )
    for text in texts:
        assert _changed(text.format(3), text.format(6)) == []
