"""The lines of a page around its article, for whoever asks what became of them."""

from services.extract.cleaning.html_page import parse_page
from services.extract.cleaning.page_view import visible_lines, with_page_lines
from services.extract.outcome import LineFate, ReadRequest
from services.extract.reading import read_file

_PROSE = "The mayor opened the new bridge over the harbour on Monday, and many came to see it."
_PAGE = f"""<html><head><title>Harbour Post</title></head><body>
<nav><a href="/">Home</a><br><a href="/n">News</a></nav>
<article><h1>Harbour bridge opens</h1><p>{_PROSE}</p><p>It took <b>four</b> years.</p>
<figure><img src="b.jpg"><figcaption>The bridge at night.</figcaption></figure>
<p>{_PROSE} So the city said.</p><script>var a = "unseen";</script></article>
<aside>Most read</aside><footer>About us</footer></body></html>"""


def tree_of(page: str):
    tree = parse_page(page)
    assert tree is not None
    return tree


def test_lines_of_a_page_are_seen_as_it_shows_them_each_with_its_place():
    assert list(visible_lines(tree_of(_PAGE))) == [
        ("Home", "navigation"),
        ("News", "navigation"),
        ("Harbour bridge opens", "title"),
        (_PROSE, "outside the article"),
        ("It took four years.", "outside the article"),
        ("The bridge at night.", "caption"),
        (f"{_PROSE} So the city said.", "outside the article"),
        ("Most read", "beside the article"),
        ("About us", "foot of the page"),
    ]


def test_lines_of_the_body_stand_among_the_others_in_reading_order():
    body = [LineFate(_PROSE), LineFate("| 1 | 2 |"), LineFate("Read more", "phrase of the page")]
    page = f"<nav>Home</nav><p>{_PROSE}</p><table><td>1<td>2</table><p>Read more</p><p>End</p>"

    lines, notes = with_page_lines(tree_of(page), body)

    assert lines == (
        LineFate("Home", "navigation"),
        *body,
        LineFate("End", "outside the article"),
    )
    assert notes == ()


def test_more_lines_than_anybody_reads_are_left_out_aloud():
    page = "<p>Some words</p>" + "".join(f"<p>Line {n} of many</p>" for n in range(2100))

    lines, notes = with_page_lines(tree_of(page), [LineFate("Some words")])

    assert len(lines) == 2001
    assert notes == ("100 more lines of the page are not listed.",)


def test_reading_lists_the_rest_of_the_page_only_when_asked_to_explain():
    explained = read_file(_PAGE.encode(), ReadRequest("a.html", explain=True))
    plain = read_file(_PAGE.encode(), ReadRequest("a.html"))

    assert LineFate("Home", "navigation") in explained.lines
    assert LineFate("About us", "foot of the page") in explained.lines
    kept = [line.text for line in explained.lines if not line.dropped]
    assert explained.article is not None
    assert "\n\n".join(kept) == explained.article.text
    assert plain.lines == ()
