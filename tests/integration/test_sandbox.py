"""The sandbox: hostile bytes get a named outcome, and the next file is read."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from services.extract.outcome import MembersError, Reading, ReadRequest, Reason, Rejection
from services.extract.sandbox import Sandbox, SandboxError

_PROSE = (
    "The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it. "
)
_PARAGRAPHS = "".join(
    f"<p>Paragraph {n} tells of the bridge over the harbour, of its builders and of its cost.</p>"
    for n in range(12)
)


on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="asks for /proc, or for a limit that only Linux holds"
)


@pytest.fixture(scope="module")
def sandbox():
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


def page(body: str, head: str = "") -> bytes:
    return (
        "<!DOCTYPE html><html><head><title>The harbour bridge is open</title>"
        f"{head}</head><body>{body}</body></html>"
    ).encode()


def assert_next_file_is_read(sandbox: Sandbox) -> None:
    reading = sandbox.read(_PROSE.encode(), ReadRequest("next.txt"))
    assert reading.article is not None
    assert reading.article.text == _PROSE.strip()


def refusal(reading: Reading) -> Rejection:
    assert reading.rejection is not None
    return reading.rejection


def child_of(sandbox: Sandbox) -> int:
    assert sandbox._child is not None
    return sandbox._child.pid


def fork_server_of(sandbox: Sandbox) -> int:
    """Return the process that forked the child (proc(5): the fourth field is the parent)."""
    return int(Path(f"/proc/{child_of(sandbox)}/stat").read_text().rsplit(")", 1)[1].split()[1])


def kill_when_asked(sandbox: Sandbox, signal_number: int) -> None:
    """Stand in for a parser that brings its process down while it reads."""
    sandbox.read(_PROSE.encode(), ReadRequest("warm.txt"))
    os.kill(child_of(sandbox), signal.SIGSTOP)  # it will not answer ...
    threading.Thread(target=_kill_once_asked, args=[sandbox, signal_number]).start()


def _kill_once_asked(sandbox: Sandbox, signal_number: int) -> None:
    while not sandbox._lock.locked():
        time.sleep(0.01)
    time.sleep(0.2)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child_of(sandbox), signal_number)
        os.kill(child_of(sandbox), signal.SIGCONT)  # ... and then it dies


def _kill_below(server: int, stopped_child: int) -> None:
    os.kill(server, signal.SIGKILL)
    os.kill(stopped_child, signal.SIGCONT)


_LOCAL_FILE = '<!DOCTYPE html [<!ENTITY local SYSTEM "file:///etc/hostname">]>'
_NESTED_ARTICLE = '{"@type": "NewsArticle", "headline": "Bridge", "articleBody": "%s"}'


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


READ_WHOLE = {
    "400 nested divs": page("<div>" * 400 + _PARAGRAPHS + "</div>" * 400),
    "10,000 nested divs": page("<div>" * 10_000 + _PARAGRAPHS + "</div>" * 10_000),
    "180,000 nested divs": page("<div>" * 180_000 + _PARAGRAPHS + "</div>" * 180_000),
    "100,000 nested divs never closed": page("<div>" * 100_000 + _PARAGRAPHS),
    "20,000 nested tables": page("<table><tr><td>" * 20_000 + _PARAGRAPHS),
    "20,000 nested links and italics": page("<a><i>" * 20_000 + _PARAGRAPHS),
    "180,000 attributes on one tag": page(
        f"<div {' '.join(f'a{n}=1' for n in range(180_000))}>{_PARAGRAPHS}</div>"
    ),
    "a class of 5 MB": page(f'<div class="{"x " * 2_500_000}">{_PARAGRAPHS}</div>'),
    "null bytes": page(_PARAGRAPHS).replace(b"bridge", b"bri\0dge"),
    "a script of 19 MB": page(f"<script>{'var a;' * 3_200_000}</script>{_PARAGRAPHS}"),
    "a comment that never ends": page("<!-- " + _PARAGRAPHS),
    "100,000 brackets in the JSON-LD": page(_PARAGRAPHS, json_ld("[" * 100_000)),
    "JSON-LD of 5 MB": page(_PARAGRAPHS, json_ld(f'["{"x" * 5_000_000}"]')),
    "a body of 5 MB in the JSON-LD": page(
        _PARAGRAPHS, json_ld(_NESTED_ARTICLE % ("word " * 1_000_000))
    ),
    "JSON-LD of the wrong types": page(
        _PARAGRAPHS,
        json_ld(
            '{"@type": ["NewsArticle", 7], "headline": {"a": 1}, "articleBody": [{"b": 2}],'
            '"author": [[["x"]], {"name": {"name": 5}}], "datePublished": [[2020]]}'
        ),
    ),
    "a title of 1 MB": page(_PARAGRAPHS).replace(b"<title>", b"<title>" + b"long " * 200_000),
    "480,000 entities": page(_PARAGRAPHS + "<p>" + "&amp;" * 480_000 + "</p>"),
    "3 MB of blanks between paragraphs": page(_PARAGRAPHS.replace("<p>", "<p>" + " " * 250_000)),
    "1 MB of paragraphs": page(f"<p>{_PROSE}</p>" * 10_000 + _PARAGRAPHS),
    "an entity bomb": b'<!DOCTYPE html [<!ENTITY a "xxxxxxxx"><!ENTITY b "'
    + b"&a;" * 1000
    + b'">]>'
    + page(_PARAGRAPHS)[15:],
    "an entity that names a local file": _LOCAL_FILE.encode() + page(_PARAGRAPHS + "&local;")[15:],
    "text after the end of the page": page("") + _PARAGRAPHS.encode(),
    "UTF-16 without mark": page(_PARAGRAPHS).decode().encode("utf-16-le"),
    "UTF-16 with mark": page(_PARAGRAPHS).decode().encode("utf-16"),
    "UTF-16, large end first": b"\xfe\xff" + page(_PARAGRAPHS).decode().encode("utf-16-be"),
    "a charset that nobody knows": page(_PARAGRAPHS, '<meta charset="x-no-such-thing">'),
    "a charset that hides tags": page(_PARAGRAPHS, '<meta charset="utf-7">'),
}


@pytest.mark.parametrize("data", READ_WHOLE.values(), ids=READ_WHOLE.keys())
def test_hostile_page_is_read_whole_and_quickly(sandbox, data):
    started = time.monotonic()

    reading = sandbox.read(data, ReadRequest("page.html"))

    assert reading.rejection is None
    assert all(f"Paragraph {n} tells of the bridge" in reading.article.text for n in range(12))
    assert time.monotonic() - started < 10


_MENU = "".join(f"<a href='/{n}'>Story number {n} of today</a> " for n in range(60))
# What costs the parsers minutes is refused by its size before any of them sees it.
REFUSED = {
    "20 MB of paragraphs": (page("<p>A few words.</p>" * 1_000_000), "a.html", Reason.TOO_LARGE),
    "10 MB of links": (page('<a href="/1">A story</a>' * 420_000), "a.html", Reason.TOO_LARGE),
    "19 MB in one paragraph": (page("<p>" + "It opened. " * 1_750_000), "a.html", Reason.TOO_LARGE),
    "9 MB of blanks": (page(" " * 9_000_000 + _PARAGRAPHS), "a.html", Reason.TOO_LARGE),
    "a comment of 10 MB that never ends": (
        page("<!--" + "word " * 2_000_000),
        "a.html",
        Reason.TOO_LARGE,
    ),
    "a text of 1.1 MB": (page("<p>" + "It opened. " * 100_000), "a.html", Reason.TOO_LARGE),
    "21 MB of anything": (b"a " * 10_500_000, "a.txt", Reason.TOO_LARGE),
    "text without an article": (page(f"<aside>{_MENU}</aside>"), "a.html", Reason.NO_TEXT),
    "a page without text": (page("<img src='/b.jpg'>"), "a.html", Reason.TOO_SHORT),
    "100,000 nested brackets": (b"[" * 100_000, "a.json", Reason.MALFORMED),
    "100,000 nested objects": (b'{"a":' * 100_000, "a.json", Reason.MALFORMED),
    "an entity bomb in XML": (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><l>&b;</l>',
        "a.xml",
        Reason.UNSUPPORTED,
    ),
    "random bytes": (bytes(range(256)) * 1000, "a.txt", Reason.NOT_TEXT),
    "nothing": (b"", "a.txt", Reason.EMPTY),
    "blanks": (b" \n\t " * 1000, "a.txt", Reason.EMPTY),
    "three words": (b"Just three words", "a.txt", Reason.TOO_SHORT),
}


@pytest.mark.parametrize(("data", "name", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_unreadable_file_is_refused_with_its_reason(sandbox, data, name, reason):
    reading = sandbox.read(data, ReadRequest(name))

    assert refusal(reading).reason is reason
    assert refusal(reading).detail.endswith(".")
    assert_next_file_is_read(sandbox)


def test_two_megabytes_of_links_have_an_outcome_within_the_limit(sandbox):
    links = "".join(f'<a href="/{n}">Story number {n} of the day</a>' for n in range(39_000))

    reading = sandbox.read(page(_PARAGRAPHS + links), ReadRequest("links.html"))

    assert reading.article or reading.rejection
    assert_next_file_is_read(sandbox)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        pytest.param("latin-1", "utf-8", id="latin-1 said to be utf-8"),
        pytest.param("utf-8", "iso-8859-1", id="utf-8 said to be latin-1"),
    ],
)
def test_lying_charset_does_not_garble_the_text(sandbox, encoding, declared):
    prose = "<p>Der Bürgermeister eröffnete die große Brücke für alle Gäste der Stadt.</p>"
    data = page(prose, f'<meta charset="{declared}">').decode().encode(encoding)

    reading = sandbox.read(data, ReadRequest("page.html"))

    assert reading.article is not None
    assert "eröffnete die große Brücke für alle Gäste" in reading.article.text


@pytest.mark.parametrize(
    ("prose", "encoding", "declared"),
    [
        pytest.param(
            "市長は月曜日に港の新しい橋を開き、何百人もの人々がその上を歩いた。",
            "shift_jis",
            "Shift_JIS",
            id="Shift-JIS that says so",
        ),
        pytest.param(
            "市长星期一为港口上的新桥揭幕，数百人走过这座桥。这座桥花了四年时间才建成。",
            "gb18030",
            "",
            id="GB18030 that says nothing",
        ),
    ],
)
def test_older_encodings_are_read(sandbox, prose, encoding, declared):
    head = f'<meta charset="{declared}">' if declared else ""
    data = page(f"<p>{prose}</p>" * 6, head).decode().encode(encoding)

    reading = sandbox.read(data, ReadRequest("page.html"))

    assert reading.article is not None
    assert prose in reading.article.text


def test_what_was_dropped_of_a_hostile_page_is_said(sandbox):
    data = page(
        "<div>" * 300 + _PARAGRAPHS,
        json_ld("x" * 1_000_001) + f"<meta {' '.join(f'a{n}=1' for n in range(201))}>",
    )

    said = " ".join(sandbox.read(data, ReadRequest("page.html")).notes)

    assert "JSON-LD over 1 MB" in said
    assert "more than 200 attributes" in said
    assert "nested deeper than 200 (their text is kept)" in said


def test_overrun_is_stopped_and_the_next_file_is_read():
    sandbox = Sandbox(time_seconds=0.5)
    paragraphs = "".join(f"<p>Paragraph {n} has some words in it.</p>" for n in range(80_000))
    try:
        reading = sandbox.read(page(paragraphs), ReadRequest("slow.html"))

        assert refusal(reading).reason is Reason.TIMED_OUT
        assert "0.5 s" in refusal(reading).detail
        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


@on_linux
def test_too_much_memory_is_stopped_and_the_next_file_is_read():
    sandbox = Sandbox(memory_bytes=330_000_000)
    try:
        data = (_PROSE * 200_000).encode()

        reading = sandbox.read(data, ReadRequest("large.txt"))

        assert refusal(reading).reason is Reason.OUT_OF_MEMORY
        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


def test_crash_of_a_used_child_is_not_held_against_the_file():
    sandbox = Sandbox()
    try:
        kill_when_asked(sandbox, signal.SIGKILL)

        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


@pytest.mark.parametrize(
    ("signal_number", "reason"),
    [
        pytest.param(signal.SIGABRT, Reason.CRASHED, id="abort"),
        pytest.param(signal.SIGKILL, Reason.OUT_OF_MEMORY, id="killed by the memory guard"),
    ],
)
def test_crash_of_a_fresh_child_rejects_the_file_and_the_next_is_read(signal_number, reason):
    sandbox = Sandbox()
    try:
        kill_when_asked(sandbox, signal_number)
        child = sandbox._child
        assert child is not None
        child.answered = 0

        reading = sandbox.read(_PROSE.encode(), ReadRequest("bad.txt"))

        assert refusal(reading).reason is reason
        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


def test_child_killed_while_idle_is_replaced_unnoticed(sandbox):
    assert_next_file_is_read(sandbox)
    os.kill(child_of(sandbox), signal.SIGKILL)

    assert_next_file_is_read(sandbox)


@on_linux
def test_a_child_is_replaced_without_loading_the_parsers_again(sandbox):
    assert_next_file_is_read(sandbox)
    before = child_of(sandbox), fork_server_of(sandbox)
    os.kill(child_of(sandbox), signal.SIGKILL)

    assert_next_file_is_read(sandbox)

    assert child_of(sandbox) != before[0]
    assert fork_server_of(sandbox) == before[1]


@on_linux
@pytest.mark.parametrize("while_asked", [False, True], ids=["while idle", "while asked"])
def test_a_fork_server_that_falls_is_held_against_no_file(while_asked):
    sandbox = Sandbox()
    try:
        assert_next_file_is_read(sandbox)
        server = fork_server_of(sandbox)
        if while_asked:  # a fresh child would be proof, had it gone by itself
            os.kill(child_of(sandbox), signal.SIGSTOP)
            assert sandbox._child is not None
            sandbox._child.answered = 0
            threading.Timer(0.3, _kill_below, [server, child_of(sandbox)]).start()
        else:
            os.kill(server, signal.SIGKILL)

        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


def test_child_outlives_the_thread_that_started_it_or_is_replaced():
    sandbox = Sandbox()
    try:
        starter = threading.Thread(target=assert_next_file_is_read, args=[sandbox])
        starter.start()
        starter.join()

        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


def test_threads_read_side_by_side_each_with_its_own_child():
    failures: list[BaseException] = []

    def read_some() -> None:
        sandbox = Sandbox()
        try:
            for _ in range(3):
                assert_next_file_is_read(sandbox)
        except BaseException as failed:
            failures.append(failed)
        finally:
            sandbox.close()

    threads = [threading.Thread(target=read_some) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_idle_child_is_dropped_and_started_again_when_needed():
    sandbox = Sandbox(idle_seconds=60)
    try:
        assert_next_file_is_read(sandbox)
        pid = child_of(sandbox)

        assert not sandbox.drop_idle(time.monotonic() + 59)
        assert sandbox.drop_idle(time.monotonic() + 61)
        assert not _is_running(pid)
        assert_next_file_is_read(sandbox)
    finally:
        sandbox.close()


@on_linux
def test_child_that_can_not_start_is_said_not_blamed_on_the_file(sandbox):
    assert_next_file_is_read(sandbox)
    os.kill(fork_server_of(sandbox), signal.SIGSTOP)  # it answers nobody; a new one takes longer
    hasty = Sandbox(start_seconds=0.05)
    try:
        with pytest.raises(SandboxError, match=r"did not start within 0\.05 s"):
            hasty.read(_PROSE.encode(), ReadRequest("a.txt"))
    finally:
        hasty.close()


def test_members_are_streamed_and_read_one_by_one_in_between(sandbox):
    records = [json.dumps({"id": n, "text": _PROSE}) for n in range(450)]
    request = ReadRequest("batch.jsonl")
    data = "\n".join(records).encode()

    assert sandbox.read(data, request).members
    names = []
    for member in sandbox.members(data, request):
        names.append(member.name)
        if len(names) % 100 == 0:
            reading = sandbox.read(member.data, ReadRequest(member.name))
            assert reading.article.value("external_id") == str(len(names) - 1)

    assert names == [f"batch.jsonl#{n}.json" for n in range(1, 451)]


def test_members_go_on_where_they_were_when_the_child_was_lost_between_batches():
    sandbox = Sandbox()
    try:
        data = b"\n".join(b'{"id": %d}' % n for n in range(450))
        seen = []
        for member in sandbox.members(data, ReadRequest("batch.jsonl")):
            seen.append(json.loads(member.data)["id"])
            if len(seen) == 150:
                sandbox.close()

        assert seen == list(range(450))
    finally:
        sandbox.close()


def test_two_containers_are_read_in_turns_without_mixing(sandbox):
    def members(name: str):
        data = b"\n".join(b'{"of": "%s", "id": %d}' % (name.encode(), n) for n in range(250))
        return sandbox.members(data, ReadRequest(name))

    pairs = list(zip(members("one.jsonl"), members("two.jsonl"), strict=True))

    assert len(pairs) == 250
    assert {json.loads(one.data)["of"] for one, _ in pairs} == {"one.jsonl"}
    assert {json.loads(two.data)["of"] for _, two in pairs} == {"two.jsonl"}


def test_more_members_than_allowed_are_said_after_the_allowed_ones(sandbox):
    data = b"\n".join(b'{"text": "x"}' for _ in range(20))
    members = sandbox.members(data, ReadRequest("batch.jsonl", max_members=7))

    seen = []
    with pytest.raises(MembersError, match="more than 7 records"):
        seen.extend(members)

    assert len(seen) == 7 or seen == []


def test_importing_the_sandbox_loads_no_parser():
    check = (
        "import services.extract.sandbox, sys;"
        "print([n for n in ('trafilatura', 'lxml', 'py3langid', 'bs4') if n in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert found.stdout.strip() == "[]"


def test_child_ends_when_its_parent_is_killed():
    parent_code = textwrap.dedent(
        """
        import sys, time
        from services.extract.sandbox import ReadRequest, Sandbox
        sandbox = Sandbox()
        sandbox.read(b"some words that make up an article", ReadRequest("a.txt"))
        print(sandbox._child.pid, flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent_code],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as parent:
        assert parent.stdout is not None
        child_pid = int(parent.stdout.readline())
        parent.kill()

    assert _ends_within(child_pid, 10)


def _ends_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _is_running(pid):
            return True
        threading.Event().wait(0.02)
    return False


def _is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    if status.exists():
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc/self").exists()
