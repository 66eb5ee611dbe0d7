import time

import pytest

from services.extract.cleaning.html_source import MAX_DEPTH, make_harmless


def kept(source: str) -> str:
    return make_harmless(source)[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("<p>a<script>x</script>b</p>", "<p>ab</p>", id="script"),
        pytest.param("<p>a<STYLE>x</Style>b</p>", "<p>ab</p>", id="style in capitals"),
        pytest.param("<p>a<!-- x --><b>b</b></p>", "<p>a<b>b</b></p>", id="comment"),
        pytest.param("<p>a<!-- b</p>", "<p>a b</p>", id="comment that never ends"),
        pytest.param("<p>a<script>b</p>", "<p>ab</p>", id="script that never ends"),
        pytest.param("<p>1 < 2</p>", "<p>1 < 2</p>", id="less than"),
        pytest.param("a<!DOCTYPE x [<!ENTITY y 'z'>]>b", "ab", id="entities"),
        pytest.param("<!doctype html><p>a", "<p>a", id="doctype"),
        pytest.param('<a title="x > y">a</a>', '<a title="x > y">a</a>', id="sign in quotes"),
        pytest.param("</p></body></html><p>a", "</p><p>a", id="text after the end"),
        pytest.param("a\x00b", "ab", id="null byte"),
    ],
)
def test_what_nobody_reads_is_dropped_and_the_rest_kept(source, expected):
    assert kept(source) == expected


def test_json_ld_is_kept_unless_it_is_over_a_megabyte():
    small = '<script type="application/ld+json">{"a": 1}</script>'
    large = f'<script type="application/ld+json">"{"x" * 1_000_001}"</script>'

    assert kept(small) == small
    source, notes = make_harmless(large)
    assert (source, notes) == ("", ("Dropped 1 blocks of JSON-LD over 1 MB.",))


def test_overlong_attribute_goes_and_the_others_stay():
    tag = f'<a href="/b" data-x="{"y" * 3000}" class="c">'

    assert kept(tag) == '<a href="/b" class="c">'


def test_tag_of_absurdly_many_attributes_loses_them_all_and_it_is_said():
    source, notes = make_harmless(f"<p {' '.join(f'a{n}' for n in range(300))}>x</p>")

    assert source == "<p>x</p>"
    assert "200 attributes" in notes[0]


def test_nesting_is_levelled_out_and_the_text_kept():
    source, notes = make_harmless("<div>" * 1000 + "text" + "</div>" * 1000 + "<p>after</p>")

    assert source.count("<div>") == source.count("</div>") == MAX_DEPTH
    assert "text" in source
    assert source.endswith("<p>after</p>")
    assert "800" in notes[0]


def test_nested_tables_count_with_their_rows_and_cells():
    assert kept("<table><tr><td>" * 1000 + "text").count("<td>") == MAX_DEPTH // 4


def test_paragraphs_never_closed_are_no_nesting():
    assert kept("<p>x" * 1000).count("<p>") == 1000


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<a b='" * 300_000, id="quotes that never close"),
        pytest.param("<a b=\"'>" * 300_000, id="quotes in quotes"),
        pytest.param("<" * 1_500_000, id="only signs"),
        pytest.param("<a" * 700_000, id="tags that never close"),
        pytest.param("<script>" * 300_000, id="scripts that never close"),
        pytest.param("<!--" * 500_000, id="comments that never close"),
        pytest.param("<!x [" * 400_000, id="declarations that never close"),
        pytest.param("<a " + "b=" * 700_000 + ">", id="attributes without value"),
        pytest.param("<a " + " " * 1_500_000 + ">", id="blanks in a tag"),
        pytest.param("<a b" + " = " * 500_000 + ">", id="equal signs"),
        pytest.param("<div></span>" * 150_000, id="wrong ends"),
    ],
)
def test_time_is_linear_on_markup_made_to_be_slow(source):
    started = time.process_time()

    make_harmless(source)

    assert time.process_time() - started < 6
