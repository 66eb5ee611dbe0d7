"""What kind a line of copied text is, by its looks: prose, caption, phrase of the page ..."""

from __future__ import annotations

import re
from enum import StrEnum

from services.extract.cleaning.agencies import AGENCY_PATTERN, agency_alone_on
from services.extract.cleaning.dates import holds_full_date
from services.extract.cleaning.phrases import load_phrases

_LOOKED_AT_CHARACTERS = 600  # of a long line only this much is matched, from either end


class LineKind(StrEnum):
    """The kinds; the value is what a reader is told when a line was dropped."""

    PROSE = "prose"
    SHORT = "short line"
    CAPTION = "caption"
    PHRASE = "phrase of the page"
    BYLINE = "byline or date line"
    CUT = "heading of further links"


_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।]['\"”’»」』)\]]{0,3}\s*$|[”»」』]\s*$")

_PHRASES = load_phrases()
_PICTURE = r"(?:photo|image|picture|foto|illustration|graphic|video|ảnh)s?"
_LIBRARY = (
    r"(?:getty\simages|shutterstock|istock|afp\svia\sgetty|file\sphoto|via\sap"
    r"|ap\sphoto(?:/.{1,40})?)"
)
_CAPTION_FORMS = (
    rf"[\[(]\s?(?:photo|image|picture|foto|file|{AGENCY_PATTERN})(?:[\s:/,].{{0,60}})?[\])]\.?\s*$",
    rf"{_PICTURE}\s?(?:credits?|courtesy|source|by|:|©|/)\s?.{{1,80}}$",
    r"(?:^|\s|__)(?:photo|image|foto|bild|ảnh)\s?:\s?.{0,80}$",
    r"(?:^|[\s(\[])(?:credits?|quelle|crédits?(?:\sphoto)?|bildquelle)\s?:\s?[^.]{1,50}$",
    rf"[/|]\s?{AGENCY_PATTERN}(?:[\s/-].{{0,30}})?\s*$",
    r"(?:©|\(c\))\s?.{2,60}$",
    rf"{_LIBRARY}\s?\)?\.?\s*$",
)
_CAPTION = re.compile("|".join(_CAPTION_FORMS), re.IGNORECASE)
_CAPTION_OPENING = re.compile(
    r"(?:(?:image|media|photo|picture|video)\scaption|file\sphoto|legende|bildunterschrift|caption"
    r"|bildlegende|pictured)\s?[:,—–-]|file\s[-–—]\s|media\scaption\s|pictured\s(?:left|right|above|here|from)\b",
    re.IGNORECASE,
)
# "... of common interest.- (VNA)" credits an article; captions have "... in Hanoi. [AP]".
_CREDIT = re.compile(
    rf"[.!?”\"'][-–—\s]{{0,4}}\({AGENCY_PATTERN}(?:\s?[/,&-]\s?{AGENCY_PATTERN}){{0,3}}\)\s*$"
)
_DATED = (
    r"(?:first\s)?(?:published|updated|posted|modified)|last\s(?:updated|modified|edited)|created|date|"
    r"veröffentlicht|aktualisiert|stand|publié|mis\sà\sjour|publicado|actualizado|pubblicato|ngày"
)
_WRITTEN = r"(?:written|reported|posted|published|updated|edited|reporting|text|story)"
_ROLE = r"(?:staff\s(?:writer|reporter)|correspondent|reporter|editor|contributor)s?"
_BYLINE_FORMS = (
    rf"{_WRITTEN}\s?(?:by|on|at)?\s?:?\s.{{1,100}}",
    r"(?:by|von|par|por|di|door|av|af|oleh)\s[^\W\d_].{1,80}",
    rf"(?:{_DATED})\b.{{0,100}}",
    rf".{{2,60}}\s{_ROLE}\s?(?:[|,-].{{0,60}})?",
)
_BYLINE = re.compile(f"^(?:{'|'.join(_BYLINE_FORMS)})$", re.IGNORECASE)
_AGO = re.compile(r"\b\d{1,3}\s(?:hours?|minutes?|days?|mins?|hrs?)\sago\b", re.IGNORECASE)


def weight_in_characters(line: str) -> int:
    """Length in Latin characters; a Chinese, Japanese, Korean or Thai one counts for 2.5."""
    return len(line) + int(1.5 * len(_WIDE.findall(line[:5000])))


def ends_a_sentence(line: str) -> bool:
    """Say whether *line* ends as a sentence or a quotation does."""
    return _SENTENCE_END.search(line, max(0, len(line) - 12)) is not None


def is_date_line(line: str) -> bool:
    """Say whether *line* is short and holds a full date, or says how long ago it was."""
    if len(line) > 120 or not any(character.isdigit() for character in line):
        return False
    return holds_full_date(line) or _AGO.search(line) is not None


def begins_comments(line: str) -> bool:
    """Say whether *line* is the heading or the button of the readers' comments."""
    return len(line) <= 100 and _PHRASES.comments.match(line) is not None


def kind_of_line(line: str) -> LineKind:
    """Tell the kind of a line, stripped and not empty."""
    weight = weight_in_characters(line)
    if weight <= _LOOKED_AT_CHARACTERS and (found := _marked_kind(line, weight)):
        return found
    is_prose = weight >= 80 or ends_a_sentence(line) or _CREDIT.search(line) is not None
    return LineKind.PROSE if is_prose else LineKind.SHORT


def _marked_kind(line: str, weight: int) -> LineKind | None:
    if weight <= 100 and (_PHRASES.cut.match(line) or begins_comments(line)):
        return LineKind.CUT
    if _PHRASES.phrase.match(line) or (weight <= 300 and _PHRASES.within.search(line)):
        return LineKind.PHRASE
    if weight <= 300 and _is_caption(line):
        return LineKind.CAPTION
    if agency_alone_on(line) or (weight <= 120 and _is_byline(line)):
        return LineKind.BYLINE
    return None


def _is_caption(line: str) -> bool:
    if _CAPTION_OPENING.match(line):
        return True
    return not _CREDIT.search(line) and bool(_CAPTION.search(line, max(0, len(line) - 140)))


def _is_byline(line: str) -> bool:
    if is_date_line(line):
        return not ends_a_sentence(line)
    return _BYLINE.match(line) is not None and not ends_a_sentence(line)
