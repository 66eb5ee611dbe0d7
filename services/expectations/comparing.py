"""Every difference between the golden answer and what is stored, in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

from services.expectations.document import (
    Expectations,
    ExpectedAlert,
    ExpectedFile,
    ExpectedStory,
    Ledger,
    Pair,
)
from services.expectations.stored import (
    Stored,
    StoredFile,
    StoredRelation,
    StoredRow,
    StoredStory,
)


def compare(expected: Expectations, stored: Stored) -> list[str]:
    """Return every difference, a line each, naming the file, story or rule; empty: none."""
    return [
        *stored.cut,
        *_compare_files(expected, stored),
        *compare_grouping(expected, stored),
        *_compare_leads(expected, stored),
        *_compare_figures(expected, stored),
        *_compare_relations(expected, stored),
        *compare_tags(expected, stored),
        *_compare_alerts(expected, stored),
        *_compare_ledgers(expected, stored),
        *_compare_totals(expected, stored),
    ]


def _compare_files(expected: Expectations, stored: Stored) -> Iterator[str]:
    counted = Counter(file.name for file in stored.files)
    found = {file.name: file for file in stored.files}
    for name in sorted(expected.files.keys() | found.keys()):
        if name not in found:
            yield f"{name}: never arrived"
        elif name not in expected.files:
            yield f"{name}: not expected, it became {found[name].fate}"
        elif counted[name] > 1:
            yield f"{name}: arrived {counted[name]} times"
        else:
            yield from _compare_file(expected.files[name], found[name])


def _compare_file(wanted: ExpectedFile, found: StoredFile) -> Iterator[str]:
    if wanted.outcome != found.fate:
        yield f"{found.name}: outcome {found.fate}, expected {wanted.outcome}"
        return
    facts = (
        ("outlet", wanted.outlet, found.outlet),
        ("published", wanted.published, found.published),
        ("language", wanted.language, found.language),
        ("members", wanted.members, found.members),
    )
    for fact, want, have in facts:
        if want is not None and want != have:
            yield f"{found.name}: {fact} {have or 'unknown'}, expected {want}"


def compare_grouping(expected: Expectations, stored: Stored) -> list[str]:
    """Return where articles stand in other stories than expected, whatever a story says of itself.

    The grouping is the same in any order of arrival, as are independent texts and outlets.
    """
    labels = label_stories(expected, stored)
    differences = list(_misplaced(expected, stored, labels))
    for story_id, found in stored.stories.items():
        if story_id in labels:
            differences += _compare_counts(expected.stories[labels[story_id]], found)
        else:
            files = ", ".join(found.articles)
            differences.append(f"story s{story_id} “{found.title}” is not expected: {files}")
    for label in sorted(expected.stories.keys() - set(labels.values())):
        differences.append(f"story {label}: not found as a story of its own")
    return differences


def label_stories(expected: Expectations, stored: Stored) -> dict[int, str]:
    """Return, by stored id, the expected label of the story that shares most files with it.

    Each label goes to one story and each story to one label; ties go by label and id.
    """
    shared = Counter(
        (expected.files[file.name].story, file.story)
        for file in stored.files
        if file.story is not None and file.name in expected.files
    )
    labels: dict[int, str] = {}
    ranked = sorted(shared.items(), key=lambda item: (-item[1], str(item[0][0]), item[0][1]))
    for (label, story_id), _ in ranked:
        if label is not None and label not in labels.values() and story_id not in labels:
            labels[story_id] = label
    return labels


def _misplaced(expected: Expectations, stored: Stored, labels: Mapping[int, str]) -> Iterator[str]:
    for file in stored.files:
        wanted = expected.files.get(file.name)
        if wanted is None or file.story is None or wanted.story is None:
            continue
        label = labels.get(file.story, "no expected story")
        if label != wanted.story:
            stands = f"stands in s{file.story} ({label})"
            yield f"{file.name}: {stands}, expected in story {wanted.story}"


def _compare_counts(wanted: ExpectedStory, found: StoredStory) -> Iterator[str]:
    name = f"story {wanted.label} (s{found.id})"
    if found.outlets != wanted.outlets:
        yield f"{name}: {found.outlets} outlets, expected {wanted.outlets}"
    if found.independent != wanted.independent:
        yield f"{name}: {found.independent} independent texts, expected {wanted.independent}"


def _compare_leads(expected: Expectations, stored: Stored) -> Iterator[str]:
    for story_id, label in label_stories(expected, stored).items():
        wanted, found = expected.stories[label], stored.stories[story_id]
        name = f"story {label} (s{story_id})"
        if wanted.lead is not None and found.articles[:1] != (wanted.lead,):
            lead = next(iter(found.articles), "nobody")
            yield f"{name}: led by {lead}, expected {wanted.lead}"
        if not any(word.casefold() in found.title.casefold() for word in wanted.title_words):
            yield f"{name}: title “{found.title}” has none of {', '.join(wanted.title_words)}"


def _compare_figures(expected: Expectations, stored: Stored) -> Iterator[str]:
    wanted = {(each.file, each.before, each.after) for each in expected.changed_figures}
    found = {(each.file, each.before, each.after) for each in stored.figures}
    for file, before, after in sorted(wanted - found):
        yield f"{file}: changed figure {before} → {after} was not found"
    for file, before, after in sorted(found - wanted):
        yield f"{file}: changed figure {before} → {after} is not expected"


def _compare_relations(expected: Expectations, stored: Stored) -> Iterator[str]:
    added = {file.name: file.added_sentences for file in stored.files}
    for pair in expected.pairs:
        name = f"{pair.a} ~ {pair.b}"
        found = stored.relations.get(frozenset((pair.a, pair.b)))
        if found is None:
            yield f"{name}: no relation, expected {pair.relation}"
        elif found.relation != pair.relation:
            yield f"{name}: {found.relation}, expected {pair.relation}"
        else:
            yield from _compare_shares(name, pair, found)
        if pair.adds is not None and added.get(pair.b, 0) < pair.adds:
            yield f"{name}: adds {added.get(pair.b, 0)} sentences, expected {pair.adds} or more"
    for group in expected.unrelated:
        for a, b in combinations(group.files, 2):
            if link := stored.relations.get(frozenset((a, b))):
                yield f"{a} ~ {b}: {link.relation}, expected none ({group.why})"


def _compare_shares(name: str, pair: Pair, found: StoredRelation) -> Iterator[str]:
    for file, wanted in ((pair.a, pair.a_covered), (pair.b, pair.b_covered)):
        share = found.covered[file]
        if wanted is not None and (share is None or not wanted[0] <= share <= wanted[1]):
            said = "nothing" if share is None else f"{share:.3f}"
            yield f"{name}: {said} of {file} is covered, expected {wanted[0]} to {wanted[1]}"


def compare_tags(expected: Expectations, stored: Stored) -> list[str]:
    """Return the topics that are missing, and those that are there but must not be."""
    topics = {file.name: file.topics for file in stored.files}
    differences = []
    for tags in expected.tags:
        found = topics.get(tags.file, frozenset())
        missing, wrong = set(tags.must) - found, set(tags.must_not) & found
        differences += [f"{tags.file}: topic {topic} is missing" for topic in sorted(missing)]
        differences += [f"{tags.file}: topic {topic} is wrong" for topic in sorted(wrong)]
    return differences


def _compare_alerts(expected: Expectations, stored: Stored) -> Iterator[str]:
    labels = label_stories(expected, stored)
    wanted = {(alert.asked, alert.story): alert for alert in expected.alerts}
    found = {(alert.asked, _label(labels, alert.story)): alert for alert in stored.alerts}
    for asked, story in sorted(wanted.keys() | found.keys()):
        name = f"alert {asked} on {story}"
        if (asked, story) not in found:
            yield f"{name}: not opened"
        elif (asked, story) not in wanted:
            files = ", ".join(sorted(found[asked, story].matched))
            yield f"{name}: not expected, opened by {files}"
        else:
            alert = found[asked, story]
            yield from _compare_alert(name, wanted[asked, story], alert.matched, alert.because)


def _compare_alert(
    name: str, wanted: ExpectedAlert, matched: frozenset[str], because: str
) -> Iterator[str]:
    for file in sorted(set(wanted.matched) - matched):
        yield f"{name}: {file} does not match"
    for file in sorted(matched - set(wanted.matched)):
        yield f"{name}: {file} must not match"
    for word in wanted.because:
        if word.casefold() not in because.casefold():
            yield f"{name}: “{word}” is not in its reason: {because}"


def _compare_ledgers(expected: Expectations, stored: Stored) -> Iterator[str]:
    labels = label_stories(expected, stored)
    wanted = {_ledger_name(each): _answers(each) for each in expected.ledgers}
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in stored.ledger:
        answers = found.setdefault(_row_name(row, labels), {})
        if row.file in answers:
            yield f"{_row_name(row, labels)}: {row.file} has two rows"
        answers[row.file] = (row.state, row.reason)
    for name in sorted(wanted.keys() | found.keys()):
        yield from _compare_answers(name, wanted.get(name, {}), found.get(name, {}))


def _compare_answers(
    name: str, wanted: Mapping[str, tuple[str, str]], found: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    for file in sorted(wanted.keys() | found.keys()):
        want, have = wanted.get(file), found.get(file)
        if want != have:
            is_, ought = _in_words(have), _in_words(want)
            yield f"{name}: {file} is {is_}, expected {ought}"


def _in_words(answer: tuple[str, str] | None) -> str:
    return f"{answer[0]} ({answer[1]})" if answer else "not in the ledger"


def _answers(ledger: Ledger) -> dict[str, tuple[str, str]]:
    return {row.file: (row.state, row.reason) for row in ledger.rows}


def _ledger_name(ledger: Ledger) -> str:
    return f"ledger of {ledger.subscriber}, {ledger.asked} on {ledger.story}"


def _row_name(row: StoredRow, labels: Mapping[int, str]) -> str:
    return f"ledger of {row.subscriber}, {row.asked} on {_label(labels, row.story)}"


def _label(labels: Mapping[int, str], story_id: int) -> str:
    return labels.get(story_id, f"s{story_id}")


def _compare_totals(expected: Expectations, stored: Stored) -> Iterator[str]:
    for name, wanted in expected.totals.model_dump().items():
        found = count_totals(stored)[name]
        if found != wanted:
            yield f"totals: {found} {name.replace('_', ' ')}, expected {wanted}"


def count_totals(stored: Stored) -> dict[str, int]:
    """Count what [totals] counts, from the rows themselves."""
    fates = Counter(file.fate for file in stored.files)
    states = Counter(row.state for row in stored.ledger)
    return {
        "files": sum(not file.is_member for file in stored.files),
        "containers": fates["container"],
        "members": sum(file.is_member for file in stored.files),
        "articles": fates["new"] + fates["exact_copy"] + fates["revision"],
        "new": fates["new"],
        "exact_copies": fates["exact_copy"],
        "revisions": fates["revision"],
        "rejected": sum(count for fate, count in fates.items() if fate.startswith("rejected")),
        "stories": len(stored.stories),
        "alerts": len(stored.alerts),
        "ledger_rows": len(stored.ledger),
        "told": states["told"],
        "suppressed": states["suppressed"],
    }
