"""News agencies: how their credit is written, and the name it stands for."""

from __future__ import annotations

import re

AGENCIES = {
    "VNA": "VNA", "Vietnam News Agency": "VNA", "TTXVN": "VNA", "VNS": "VNS", "VLLF": "VLLF",
    "Yonhap": "Yonhap", "Yonhap News Agency": "Yonhap", "Yonhap News": "Yonhap",
    "AP": "AP", "Associated Press": "AP", "The Associated Press": "AP",
    "Reuters": "Reuters", "REUTERS": "Reuters", "Thomson Reuters": "Reuters",
    "AFP": "AFP", "Agence France-Presse": "AFP", "Agence France Presse": "AFP",
    "Xinhua": "Xinhua", "Xinhua News Agency": "Xinhua", "Kyodo": "Kyodo", "Kyodo News": "Kyodo",
    "Jiji": "Jiji", "Jiji Press": "Jiji", "dpa": "dpa", "DPA": "dpa", "ANSA": "ANSA", "EFE": "EFE",
    "Agencia EFE": "EFE", "TASS": "TASS", "ITAR-TASS": "TASS", "Interfax": "Interfax",
    "RIA Novosti": "RIA Novosti", "UPI": "UPI", "PA": "PA", "PA Media": "PA",
    "Press Association": "PA", "PTI": "PTI", "Press Trust of India": "PTI", "ANI": "ANI",
    "IANS": "IANS", "Bernama": "Bernama", "BERNAMA": "Bernama", "Antara": "Antara",
    "ANTARA": "Antara", "Anadolu": "Anadolu",
    "Anadolu Agency": "Anadolu", "AA": "Anadolu", "Bloomberg": "Bloomberg", "CNA": "CNA",
    "KCNA": "KCNA", "Newsis": "Newsis", "News1": "News1", "APA": "APA",
    "Keystone-SDA": "Keystone-SDA",
    "SDA": "Keystone-SDA", "Belga": "Belga", "ANP": "ANP", "NTB": "NTB", "TT": "TT",
    "Ritzau": "Ritzau",
    "STT": "STT", "PAP": "PAP", "CTK": "ČTK", "ČTK": "ČTK", "MTI": "MTI", "Lusa": "Lusa",
    "Canadian Press": "The Canadian Press", "The Canadian Press": "The Canadian Press",
    "AAP": "AAP", "Philippine News Agency": "PNA", "PNA": "PNA",
    "Central News Agency": "CNA", "Focus Taiwan": "CNA", "ANTARA News": "Antara",
    "Anadolu Ajansı": "Anadolu", "Deutsche Presse-Agentur": "dpa",
    "New China News Agency": "Xinhua",
    "China News Service": "China News Service", "Agenzia ANSA": "ANSA",
    "Asian News International": "ANI", "Indo-Asian News Service": "IANS",
    "Russian News Agency TASS": "TASS", "Sputnik": "Sputnik", "Ukrinform": "Ukrinform",
    "Korean Central News Agency": "KCNA", "Saudi Press Agency": "SPA",
    "Emirates News Agency": "WAM", "WAM": "WAM", "IRNA": "IRNA", "KUNA": "KUNA", "WAFA": "WAFA",
    "Agence Kampuchea Presse": "AKP", "AKP": "AKP", "Lao News Agency": "KPL",
    "Europa Press": "Europa Press", "Adnkronos": "Adnkronos", "askanews": "askanews",
    "Agência Brasil": "Agência Brasil", "Télam": "Télam", "Agerpres": "Agerpres", "BTA": "BTA",
    "Tanjug": "Tanjug", "HINA": "HINA", "TASR": "TASR", "Kazinform": "Kazinform", "epd": "epd",
    "연합뉴스": "Yonhap", "뉴시스": "Newsis", "뉴스1": "News1", "新华社": "Xinhua",
    "新華社": "Xinhua",
    "共同": "Kyodo", "共同通信": "Kyodo", "時事": "Jiji", "時事通信": "Jiji", "中央社": "CNA",
    "Getty Images": "Getty Images", "EPA": "EPA",
}  # fmt: skip
_PHOTO_ONLY = {"Getty Images", "EPA"}
_FOLDED = {name.casefold(): agency for name, agency in AGENCIES.items()}
_NAMES = "|".join(sorted((re.escape(name) for name in AGENCIES), key=len, reverse=True))
AGENCY_PATTERN = rf"(?:{_NAMES})"

_AGENCY_LIST = rf"{AGENCY_PATTERN}(?:\s?[/,&+-]\s?{AGENCY_PATTERN}){{0,3}}"
_TAIL = re.compile(rf"[\s.\-–—]{{0,5}}[(\[]\s?({_AGENCY_LIST})\s?[)\]]\.?\s*$")
_UNBRACKETED = re.compile(rf"[.!?”\"']\s?[-–—]{{1,2}}\s?({_AGENCY_LIST})\.?\s*$")
_HELPED = re.compile(
    rf"\((?i:with\s)?(?i:inputs?|files|reporting|additional\sreporting)\s(?i:from|by)\s(?i:the\s)?"
    rf"({_AGENCY_LIST})[^()]{{0,40}}\)\.?\s*$"
)
_ALONE = re.compile(
    rf"^[\s(\[\-–—]{{0,4}}(?:(?:Source|Nguồn|Quelle|Fuente|Fonte)\s?:\s?|By\s|Theo\s|©\s?)?({_AGENCY_LIST})[\s)\].]{{0,4}}$",
    re.IGNORECASE,
)
_HEADS = (  # Hanoi (VNA) - | (ANSA) - Roma | Moscow. /TASS/. | place=agency | place, agency
    re.compile(rf"^[^()\n]{{2,60}}\(({_AGENCY_LIST})\)\.?\s{{0,3}}[-–—:]"),
    re.compile(rf"^\(({_AGENCY_LIST})\)\s{{0,3}}[-–—]"),
    re.compile(rf"^[^/\n]{{2,60}}/({AGENCY_PATTERN})/\."),
    re.compile(rf"^\([^()=\s]{{1,12}}=({AGENCY_PATTERN})\)"),
    re.compile(rf"^【[^】\n]{{1,12}}?({AGENCY_PATTERN})】"),
    re.compile(r"^(新华社|新華社)\w{1,12}?\d{1,2}月\d{1,2}日[电電]"),
)
_SPLIT = re.compile(r"\s?[/,&+]\s?")


def agency_named(name: str) -> str | None:
    """Give the agency that *name* stands for (`Associated Press` is AP), or None."""
    agency = _FOLDED.get(name.strip().casefold())
    return None if agency in _PHOTO_ONLY else agency


def agency_alone_on(line: str) -> str | None:
    """Give the agency a line consists of (`Yonhap`, `By VNA`, `(VNA/VLLF)`), or None."""
    found = _ALONE.match(line[:80]) if len(line) <= 80 else None
    return _first(found.group(1)) if found else None


def agency_at_end(paragraph: str) -> tuple[str, ...]:
    """Give the agencies credited at a paragraph's end: `... interest.- (VNA/VLLF)`, `... -- AP`."""
    start = max(0, len(paragraph) - 120)
    for pattern in (_TAIL, _UNBRACKETED, _HELPED):
        if found := pattern.search(paragraph, start):
            names = _SPLIT.split(found.group(1))
            return tuple(agency for name in names if (agency := agency_named(name)))
    return ()


def agency_in_dateline(paragraph: str) -> str | None:
    """Give the agency named in a dateline: `HANOI, Nov 2 (Reuters) - ...`."""
    found = next(filter(None, (head.match(paragraph[:120]) for head in _HEADS)), None)
    return _first(found.group(1)) if found else None


def _first(names: str) -> str | None:
    found = _SPLIT.split(names.strip())[0]
    return agency_named(found) or agency_named(names)
