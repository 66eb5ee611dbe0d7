"""Marked text: nothing is lost, and marks cover what they say."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from services.console.marking import Mark, Piece, mark_paragraphs, mark_text
from shared.query.sentences import paragraph_number

texts = st.text(alphabet="ab \n.é\U0001f4f0", max_size=60)
spans = st.lists(
    st.builds(
        Mark,
        start=st.integers(-3, 65),
        end=st.integers(-3, 65),
        kind=st.sampled_from(["rule", "topic", "shared"]),
        label=st.sampled_from(["one", "two"]),
    ),
    max_size=12,
)


def positions(pieces: Iterable[Piece]) -> list[tuple[int, int, Piece]]:
    """Return (start, end, piece) of every piece."""
    at, found = 0, []
    for piece in pieces:
        found.append((at, at + len(piece.text), piece))
        at += len(piece.text)
    return found


@given(texts, spans)
def test_the_pieces_put_together_are_the_text(text, marks):
    assert "".join(piece.text for piece in mark_text(text, marks).pieces) == text


@given(texts, spans)
def test_every_character_has_exactly_the_marks_that_cover_it(text, marks):
    marked = mark_text(text, marks)
    fitting = [mark for mark in marks if mark not in marked.misfits]

    for start, end, piece in positions(marked.pieces):
        for at in range(start, end):
            covering = {mark for mark in fitting if mark.start <= at < mark.end}
            assert set(piece.kinds) == {mark.kind for mark in covering}
            assert set(piece.labels) == {mark.label for mark in covering}


@given(texts, spans)
def test_a_mark_is_a_misfit_exactly_when_it_is_empty_or_leaves_the_text(text, marks):
    wrong = [mark for mark in marks if not 0 <= mark.start < mark.end <= len(text)]

    assert list(mark_text(text, marks).misfits) == wrong


@given(texts, spans)
def test_paragraphs_lose_only_the_white_space_between_them(text, marks):
    paragraphs, _ = mark_paragraphs(text, marks)

    shown = ["".join(piece.text for piece in each.pieces) for each in paragraphs]
    assert "\n\n".join(shown).split() == text.split()
    assert all(each.strip() and not each[-1].isspace() for each in shown)


@given(texts, spans)
def test_paragraphs_are_numbered_as_the_reasons_of_matches_are(text, marks):
    paragraphs, _ = mark_paragraphs(text, marks)

    at = 0
    for paragraph in paragraphs:
        words = "".join(piece.text for piece in paragraph.pieces).strip()
        at = text.index(words, at)
        assert paragraph_number(text, at) == paragraph.number
        at += len(words)


def test_overlapping_marks_make_a_piece_with_both():
    marks = [Mark(0, 10, "rule", "dioxin"), Mark(6, 15, "topic", "clean-up")]

    assert mark_text("the dioxin clean-up", marks).pieces == (
        Piece("the di", ("rule",), ("dioxin",)),
        Piece("oxin", ("rule", "topic"), ("dioxin", "clean-up")),
        Piece(" clea", ("topic",), ("clean-up",)),
        Piece("n-up"),
    )


def test_a_mark_across_two_paragraphs_goes_on_in_the_second():
    paragraphs, misfits = mark_paragraphs("one two\n\nthree", [Mark(4, 14, "shared", "a7")])

    assert misfits == 0
    assert [[(piece.text, piece.kinds) for piece in each.pieces] for each in paragraphs] == [
        [("one ", ()), ("two", ("shared",))],
        [("three", ("shared",))],
    ]


def test_many_overlapping_marks_do_not_take_quadratic_time():
    text = "x" * 20_000
    marks = [Mark(at, len(text) - at, "shared", "a1") for at in range(9_000)]

    assert len(mark_text(text, marks).pieces) == 17_999
