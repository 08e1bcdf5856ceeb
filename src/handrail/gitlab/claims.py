"""Claims in comments on an issue: “I'd like to work on this, starting 12 July” holds it through that day.

A day alone claims nothing: releases, questions and other people's plans have days too. It takes a sentence of the
writer's own will with the day in it, an offer with the day beside it, or an answer that is nothing but the day on which
one starts. Whatever is asked, denied or made to depend on something is no claim: to hold what nobody meant to take is
worse than to ask once more. Source: the neighbours of the workflow page (an ISO date, “by 12 July”, “July 12”, “next
Monday”, all in the writer's zone).
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from handrail.gitlab.comments import own_words

# --- days -------------------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    f"{name}day": number for number, name in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))
}
_AHEAD = {"today": 0, "tomorrow": 1, "the day after tomorrow": 2}
_NAMED = r"(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
"""The name of a day before its date, which says nothing more."""
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b"
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b", r"(?:,? (?P<year>\d{4}))?(?![\w\-])"
_Reading = Callable[[re.Match[str], date], date | None]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(match: re.Match[str], _: date) -> date | None:
    return _date(int(match[1]), int(match[2]), int(match[3]))


def _in_month(match: re.Match[str], written: date) -> date | None:
    """Without a year, the next day of that name."""
    month, day = _MONTHS[match["month"].lower()], int(match["day"])
    if match["year"]:
        return _date(int(match["year"]), month, day)
    this_year = _date(written.year, month, day)
    return this_year if this_year and this_year >= written else _date(written.year + 1, month, day)


def _weekday(match: re.Match[str], written: date) -> date:
    """The first after the day on which it is written."""
    return written + timedelta((_WEEKDAYS[match[1].lower()] - written.weekday() - 1) % 7 + 1)


def _relative(match: re.Match[str], written: date) -> date:
    return written + timedelta(_AHEAD[match[0].lower()])


_DAYS: tuple[tuple[re.Pattern[str], _Reading], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reading)
    for pattern, reading in (
        (rf"{_NAMED}(?<![\w.\-/])(\d{{4}})-(\d{{2}})-(\d{{2}})(?![\w\-/])", _iso),
        (rf"{_NAMED}(?<![\w.\-/§])(?:the )?{_DAY}(?: of)? {_MONTH}{_YEAR}", _in_month),
        (rf"{_NAMED}\b{_MONTH}\.? (?:the )?{_DAY}{_YEAR}", _in_month),
        (rf"\b(?:next |this |coming )?({'|'.join(_WEEKDAYS)})\b(?! (?:of )?next week)", _weekday),
        (rf"\b(?:{'|'.join(sorted(_AHEAD, key=len, reverse=True))})\b", _relative),
    )
)
"""How people write days, and what each means to who writes on a given day."""


def _with_days(text: str, written: date) -> str:
    """The text with every day that it names, and that is not over, as ``§2026-07-12``."""
    for pattern, reading in _DAYS:

        def mark(match: re.Match[str], reading: _Reading = reading) -> str:
            day = reading(match, written)
            return f"§{day}" if day and day >= written else match[0]

        text = pattern.sub(mark, text)
    return text


# --- phrases ----------------------------------------------------------------------------------------------

_SHORT = tuple(
    (re.compile(rf"\bI['’]{short}\b", re.IGNORECASE), f"I {long}")
    for short, long in (("ll", "will"), ("d", "would"), ("m", "am"))
)


def _any(*phrases: str) -> str:
    return f"(?:{'|'.join(phrases)})"


_GREETING = _any("hi", "hello", "hey", "there", "thanks", "thank you", "yes", "sure", "ok", "okay", "then", "please")
_OPENING = rf"(?:@[\w./\-]+|[^\w\"“„«§]|\b{_GREETING}\b)*"
"""Not a quotation mark: after one another person speaks."""
_ISSUE = _any("issue", "one", "task", "ticket", "bug", "feature", "item")
_IT = rf"(?:(?:this|it|that)(?: {_ISSUE})?|the {_ISSUE})\b"
_I_WILL = _any(
    "I", "I will", "I can", "I could", "I would", "I want to", "I wanna", "I plan to", "I intend to", "I hope to",
    "I (?:will|would|should) be able to", "I would (?:like|love) to", "I would be (?:happy|glad) to",
    "I am (?:happy|glad|willing|going|planning) to", "let me",
) + "(?: (?:try to|help|gladly|happily|also|then|only))*"  # fmt: skip
_I_AM = _any("I am", "I will be", "I am interested in", "I am planning on", "I plan on")
_MAY_I = "(?:can|could|may|might|shall|should) I(?: please| maybe| try to)?"
_START = r"(?:start|begin|commence|get started)(?: work(?:ing)?)?\b"
_STARTING = r"(?:starting|beginning|commencing|getting started)(?: work)?\b"
_TAKE = _any(
    rf"take {_IT}(?: on| over)?", rf"take a (?:stab|crack|shot) at {_IT}", rf"pick {_IT} up", rf"pick up {_IT}",
    rf"(?:work|{_START}) on {_IT}", rf"(?:tackle|grab|fix|implement|handle|own|claim|reserve) {_IT}",
)  # fmt: skip
_TAKING = _any(
    rf"taking {_IT}(?: on| over)?", rf"picking {_IT} up", rf"picking up {_IT}", rf"(?:working |{_STARTING} )?on {_IT}",
    rf"(?:tackling|claiming) {_IT}",
)  # fmt: skip
_OFFER = _any(
    f"{_I_WILL} {_TAKE}",
    f"{_I_AM} {_TAKING}",
    f"{_MAY_I} (?:{_TAKE}|(?:be|get) assigned)",
    "(?:(?:can|could|would|will) (?:you|someone|somebody|anyone) )?(?:please )?"
    rf"assign (?:me|(?:{_IT} )?to me)\b",
)
_GOES_ON = (
    r"\s*(?:$|[^\w\s]|\d|(?:please|too|now|soon|later|next|this|over|myself|for|in|on|from|by|starting|during|after)\b)"
)
"""How an offer may go on. “I'll take it up with the product manager” takes nothing."""
_BETWEEN = _any(
    "will", "can", "could", "would", "be able to", _START, _STARTING, "on", "by", "from", "until", "till", "through",
    "before", "as of", "around", "about", "no later than", "at the latest", "my", "date", "day", "is", "for me", "with",
    "myself", _IT,
)  # fmt: skip
_WHEN = rf"(?:[\s:\-]|\b{_BETWEEN}\b)*§(?P<until>[\d\-]+)"
"""What may stand between an offer and its day, and the day."""
_AFTERWARDS = _any("at the latest", "onwards?", "morning", "afternoon", "please", r"\d\d?:\d\d")


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(_OPENING + pattern, re.IGNORECASE)


_OFFERS = _phrase(_OFFER + _GOES_ON)
_CLAIMS = _phrase(_any(_OFFER, f"{_I_WILL} {_START}", f"{_I_AM} {_STARTING}") + _WHEN)
_DAY_ALONE = _phrase(rf"{_WHEN}(?: {_AFTERWARDS})*{_OPENING}$")
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?")
_CLAUSE = re.compile(r"[,()–—]|\s-+\s|\b(?:and|so)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\b(?:but|unless|if|not|cannot|never|instead|no longer|without|until(?! §)|earliest|maybe|perhaps)\b|n['’]t\b"
    r"|\b(?:review|demo|look)\b",
    re.IGNORECASE,
)
_SAYS_WHICH = re.compile(rf"\d|\b(?:{_START}|{_STARTING})", re.IGNORECASE)
"""“Tomorrow.” alone may answer anything; “2026-07-14” is what those are asked for who name no day."""
LONGEST_SENTENCE = 500
"""Characters: in a longer one nobody claims anything."""


def claim(body: str, written: date, *, author: bool) -> str | None:
    """The last day (ISO) of the claim that a comment on an issue makes; empty: an offer without a day; None: neither.

    ``written`` is the date where its writer is. ``author``: whether they wrote the issue too, whose “can I take this?”
    offers nothing. Of several days the first holds that is not over.
    """
    words = own_words(body)
    text = _plain(words, written)
    answer = len(text) <= LONGEST_SENTENCE and "?" not in text and _DAY_ALONE.match(text)
    if answer and _SAYS_WHICH.search(words):
        return answer["until"]
    offers, days = False, []
    for sentence in _SENTENCE.findall(text):
        if len(sentence) > LONGEST_SENTENCE or _DOUBT.search(sentence):
            continue
        asks = sentence.endswith("?")
        for clause in _CLAUSE.split(sentence):
            if _OFFERS.match(clause) and not (asks and author):
                offers = True
            if asks:
                continue
            if match := _CLAIMS.match(clause):
                return match["until"]
            if match := _DAY_ALONE.match(clause):
                days.append(match["until"])
    return (days or [""])[0] if offers else None


def _plain(words: str, written: date) -> str:
    """Lines of words with one space between them, nothing shortened, and their days marked."""
    lines = "\n".join(" ".join(line.split()) for line in words.splitlines())
    for pattern, long in _SHORT:
        lines = pattern.sub(long, lines)
    return _with_days(lines, written)
