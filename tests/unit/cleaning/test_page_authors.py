"""Who wrote a page: people before houses and agencies, from the best witness there is."""

import pytest

from services.extract.cleaning.page_authors import Credits, credits_of_page

_H1 = "<h1>Bridge opens after four years of work</h1>"
_SITE = '<meta property="og:site_name" content="Harbour Post">'


def json_ld(author: str) -> str:
    return (
        '<script type="application/ld+json">{"@type":"NewsArticle","author":'
        + author
        + "}</script>"
    )


def meta(content: str, name: str = "author") -> str:
    return f'<meta name="{name}" content="{content}">'


def credited(facts, head: str = "", body: str = "") -> Credits:
    return credits_of_page(facts(_SITE + head, _H1 + body), "Harbour Post")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('"Ann Lee"', ("Ann Lee",)),
        ('{"@type":"Person","name":"Ann Lee"}', ("Ann Lee",)),
        ('[{"name":"Ann Lee"},{"name":"Bo Chan"}]', ("Ann Lee", "Bo Chan")),
        ('[["Ann Lee"],["Bo Chan"]]', ("Ann Lee", "Bo Chan")),
        ('{"name":["Ann Lee","Bo Chan"]}', ("Ann Lee", "Bo Chan")),
        ('"Ann Lee and Bo Chan"', ("Ann Lee", "Bo Chan")),
        ('{"name":{"@value":"Ann Lee"}}', ()),
        ("17", ()),
        ("null", ()),
        ("[[[[]]]]", ()),
    ],
)
def test_authors_in_json_ld_are_read_in_any_shape(facts, author, names):
    assert credited(facts, json_ld(author)).authors == names


def test_author_named_by_reference_is_looked_up(facts):
    graph = (
        '<script type="application/ld+json">{"@graph":[{"@type":"Article","author":{"@id":"#a"}},'
        '{"@type":"Person","@id":"#a","name":"Ann Lee"}]}</script>'
    )

    assert credited(facts, graph).authors == ("Ann Lee",)


def test_person_goes_before_the_house_and_the_agency(facts):
    house = json_ld('{"@type":"Organization","name":"Harbour Post"}')

    assert credited(facts, house + meta("Ann Lee")).authors == ("Ann Lee",)
    beside = credited(facts, json_ld('[{"name":"Ann Lee"},{"name":"Reuters"}]'))
    assert beside == Credits(("Ann Lee",), "Reuters")


def test_house_or_agency_is_credited_only_where_nobody_else_is(facts):
    assert credited(facts, meta("Harbour Post")).authors == ("Harbour Post",)
    assert credited(facts, meta("Associated Press")) == Credits(("Associated Press",), "AP")


@pytest.mark.parametrize(
    "role", ["Staff", "admin", "Editor", "Staff Writer", "News Desk", "Redaktion"]
)
def test_role_is_nobody(facts, role):
    assert credited(facts, meta(role)).authors == ()
    assert credited(facts, meta(role), '<p class="byline">By Ann Lee</p>').authors == ("Ann Lee",)


@pytest.mark.parametrize(
    "body",
    [
        "<p>By Ann Lee</p>",
        "<div><span>By</span><br><span>Ann Lee</span></div>",
        '<p><a href="/authors/ann-lee">Ann Lee</a> · 5 min read</p>',
        '<div class="byline">By Ann Lee, Staff Writer</div>',
        '<div class="author">Ann Lee</div>',
        '<span rel="author">Ann Lee</span>',
        '<div class="date-and-author author">November 2, 2025 Ann Lee</div>',
        '<p>Edited by Bo Chan</p><p class="byline">By Ann Lee</p>',
        '<p><a href="/authors/ann">Ann Lee</a></p><p>Text.</p><a href="/authors/bo">Bo Chan</a>',
    ],
)
def test_byline_beside_the_headline_is_read(facts, body):
    assert credited(facts, "", body).authors == ("Ann Lee",)


@pytest.mark.parametrize(
    "body",
    [
        "<p>By 2030 the harbour will have three bridges</p>",
        "<p>By the way: the bridge is open</p>",
        '<div class="author-box">Our testers and their methods</div>',
        '<div class="comments"><span class="author">Cy Dean</span></div>',
        '<aside><p class="byline">By Cy Dean</p></aside>',
        '<p class="byline">Photo: Cy Dean</p>',
        '<p class="byline">November 2, 2025</p>',
    ],
)
def test_what_is_no_byline_names_nobody(facts, body):
    assert credited(facts, "", body).authors == ()


def test_first_meta_element_that_names_people_is_taken_whole_and_alone(facts):
    metas = (
        meta("Ann Lee") + meta("(Image: Quay Pictures/Cy Dean)") + meta("ann-lee", "parsely-author")
    )

    assert credited(facts, metas).authors == ("Ann Lee",)


def test_names_of_a_library_are_turned_round(facts):
    names = meta("Lee, Ann", "citation_author") + meta("Chan, Bo", "citation_author")

    assert credited(facts, names).authors == ("Ann Lee", "Bo Chan")


def test_author_beside_its_label_for_link_previews_counts(facts):
    label = meta("Written by", "twitter:label1") + meta("Ann Lee", "twitter:data1")
    other = meta("Time to read", "twitter:label1") + meta("Ann Lee", "twitter:data1")

    assert credited(facts, label).authors == ("Ann Lee",)
    assert credited(facts, other).authors == ()
