"""Claims in comments on an issue: “I'd like to work on this, starting 12 July” holds it through that day.

A day alone claims nothing: releases, questions and other people's plans have days too. It takes a sentence of the
writer's own will with the day in it, an offer with the day beside it, or an answer that is nothing but the day on which
one starts. Whatever is asked of somebody, said of another, denied or made to depend on something is no claim: to hold
what nobody meant to take is worse than to ask once more. Source: the neighbours of the workflow page (an ISO date,
“by 12 July”, “July 12”, “next Monday”, all in the writer's zone).
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
    return _date(int(match[1]), int(match[3]), int(match[4]))


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
        (rf"{_NAMED}(?<![\w.\-/])(\d{{4}})([-/])(\d{{2}})\2(\d{{2}})(?![\w\-/])", _iso),
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


_MARKS = r"[^\w\"“„«§@]"
"""Not a quotation mark: after one another person speaks. Not a name either: after one somebody is asked."""
_ANSWER = _any("thanks", "thank you", "yes", "sure", "ok", "okay")
_GREETING = _any("hi", "hello", "hey", "there", "then", _ANSWER)
_NAME = r"@[\w./\-]++"
_OPENING = rf"(?:{_NAME}|{_MARKS}|\b(?:{_GREETING}|please)\b)*+"
_ANSWERING = rf"(?:{_MARKS}|\b{_GREETING}\b|(?:{_NAME}[^\w@]*+)++\b{_ANSWER}\b)*+"
"""With a name only where something is answered: “@mara by 12 July” asks Mara."""
_ISSUE = _any("issue", "one", "task", "ticket", "bug", "feature", "item")
_IT = rf"(?:(?:this|it|that)(?: {_ISSUE})?|the {_ISSUE})\b"
_MANNER = "(?: (?:try to|help|gladly|happily|also|then|only|now))"
_I_WILL = _any(
    "I", "I will", "I shall", "I can", "I could", "I would", "I want to", "I wanna", "I plan to", "I intend to",
    "I hope to", "I (?:will|would|should) be able to", "I would (?:like|love) to", "I would be (?:happy|glad) to",
    "I am (?:happy|glad|willing|going|planning) to", "let me",
) + f"{_MANNER}*"  # fmt: skip
_WILL = _any("will", "can", "would (?:like|love) to", "(?:happy|glad|going|planning|hoping) to") + f"{_MANNER}*"
"""As people write of themselves without an “I”."""
_I_AM = _any("I am", "I will be", "I am interested in", "I am planning on", "I plan on")
_MAY_I = "(?:can|could|may|might|shall|should) I(?: please| maybe| try to)?"
_DOING = "(?: (?:implementing|developing|coding|fixing|tackling))?"
_START = r"(?:start|begin|commence|get started)(?: work(?:ing)?)?\b"
_STARTING = r"(?:starting|beginning|commencing|getting started)(?: work)?\b"
_TAKE = _any(
    rf"take {_IT}(?: on| over)?", rf"take a (?:stab|crack|shot) at {_IT}", rf"pick {_IT} up", rf"pick up {_IT}",
    rf"(?:work|{_START}) on {_IT}", rf"(?:tackle|grab|fix|implement|handle|own|claim|reserve) {_IT}",
    rf"do (?:this(?: {_ISSUE})?|the {_ISSUE})\b",
)  # fmt: skip
_TAKING = _any(
    rf"taking {_IT}(?: on| over)?", rf"picking {_IT} up", rf"picking up {_IT}", rf"(?:working|{_STARTING}) on {_IT}",
    rf"(?:tackling|claiming) {_IT}",
)  # fmt: skip
_OFFER = _any(
    f"{_I_WILL} {_TAKE}",
    f"{_I_AM} {_any(_TAKING, f'on {_IT}')}",
    f"{_MAY_I} (?:{_TAKE}|(?:be|get) assigned(?: to {_IT})?)",
    "(?:(?:can|could|would|will) (?:you|someone|somebody|anyone) )?(?:please )?"
    rf"assign (?:me|(?:{_IT} )?to me)\b",
)
_GOES_ON = (
    r"\s*(?:$|[^\w\s]|\d|by §"
    r"|(?:please|too|now|soon|later|next|this|over|myself|for|in|on|from|starting|during|after)\b)"
)
"""How an offer may go on. “I'll take it up with the product manager” takes nothing."""
_BETWEEN = _any(
    "will", "can", "could", "would", "be able to", _START, _STARTING, "on", "by", "from", "until", "till", "through",
    "before", "as of", "around", "about", "no later than", "at the latest", "my", "date", "day", "is", "for me", "with",
    "myself", _IT, f"and(?: {_WILL})?(?= {_START})",
)  # fmt: skip
_DAY_AFTER = r"§(?P<until>[\d\-]++)"
_WHEN = rf"(?:[\s:\-]|\b{_BETWEEN}\b)*+{_DAY_AFTER}"
"""What may stand between an offer and its day, and the day."""
_FROM = _any("on", "by", "from", "as of", "around", "about", "no later than")
_STARTS = _any(
    "(?:my )?start(?:ing)? (?:date|day)(?: is| will be| would be)?",
    r"start(?=\s*:)",
    f"{_WILL} {_START}(?: on {_IT})?",
    _STARTING,
)
_FREE = "(?:I (?:am|will be|would be) )?(?:free|available)(?: to start)?"
"""Beside an offer: “I could take this on. Available from 10 June.”"""
_ELSEWHERE = _any(
    "(?:at|in|as|on|for|with) (?:an?|another)", "(?:at|in|as|on|for|with) (?:my|our|the) (?:new|other|next)"
)
"""What follows the day where something else begins: “I am starting on Monday at a new company”."""
_AFTERWARDS = _any("at the latest", "onwards?", "morning", "afternoon", r"\d\d?:\d\d")


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(_OPENING + pattern, re.IGNORECASE)


_OFFERS = _phrase(_OFFER + _GOES_ON)
_CLAIMS = _phrase(
    f"(?:(?P<this>{_OFFER}|I am interested in {_IT}(?= and ))|{_I_WILL} {_START}{_DOING}|{_I_AM} {_STARTING})"
    rf"{_WHEN}(?(this)|(?! {_ELSEWHERE}\b))"
)
_IS_FREE = _phrase(f"{_FREE} {_FROM} {_DAY_AFTER}")
_GREETS = re.compile(rf"(?:{_MARKS}|\b{_GREETING}\b)*+", re.IGNORECASE)
_TAKES = re.compile(
    rf"{_any(f'{_WILL} {_TAKE}', _TAKING)}(?: now| soon| too)*(?:{_WHEN})?(?: {_AFTERWARDS})*+(?=\s*(?:[^\w\s§]|$))",
    re.IGNORECASE,
)
"""How a comment begins: “Working on this from Monday” offers, “Working on this from Monday is too late” does not."""
_DAY_ALONE = re.compile(
    rf"{_ANSWERING}(?:{_STARTS})?(?:[\s:\-]|\b{_FROM}\b)*+{_DAY_AFTER}(?: {_AFTERWARDS})*+"
    rf"(?:{_MARKS}|\b{_ANSWER}\b)*+$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?")
_CLAUSE = re.compile(rf"[,()–—](?: and\b)?|\s-+\s|\b(?:and(?! (?:{_WILL} )?{_START})|so)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r",? (?:(?:is|would) (?:that|this|it)(?: be)?|if (?:that|this|it)(?:['’]s| is)) (?:ok|okay|fine|all ?right|good)\b"
    r"(?: (?:with|for|by) (?:you|everyone|everybody|all))?(?=\s*[.!?]?$)\??",
    re.IGNORECASE,
)
"""“…, is that okay?” after what one has said asks for nothing and depends on nothing."""
_ENDS_LATER = re.compile(
    r",? but (?:I )?(?:(?:probably )?(?:will not|won['’]t|cannot|can['’]t|may not|might not)) (?:be able to )?"
    r"(?:finish|complete|be (?:done|ready|finished))\b[^,;.!?]*",
    re.IGNORECASE,
)
"""“…, but won't finish before July”: when it ends is another thing than who begins it."""
_DOUBT = re.compile(
    r"\b(?:but|unless|if|not|cannot|never|instead|no longer|without|until(?! §)|earliest|maybe|perhaps)\b|n['’]t\b"
    r"|\b(?:review|demo|look|said|says|wrote)\b",
    re.IGNORECASE,
)
_SAYS_WHICH = re.compile(rf"\d|\b(?:{_START}|{_STARTING})", re.IGNORECASE)
"""“Tomorrow.” alone may answer anything; “2026-07-14” is what those are asked for who name no day."""
_DAY_AS_CODE = re.compile(r"(?<!`)`(\d{4}-\d{2}-\d{2})`(?!`)")
"""As our own comments show how to write one."""
_STRESS = re.compile(r"(?<![\w*])(?:\*{1,3}|_{1,3})(?=\w)|(?<=[\w.!?:])(?:\*{1,3}|_{1,3})(?![\w*])")
LONGEST_SENTENCE = 500
"""Characters: in a longer one nobody claims anything."""


def claim(body: str, written: date, *, author: bool) -> str | None:
    """The last day (ISO) of the claim that a comment on an issue makes; empty: an offer without a day; None: neither.

    ``written`` is the date where its writer is. ``author``: whether they wrote the issue too, whose “can I take this?”
    offers nothing. Of several days the first holds that is not over.
    """
    words = own_words(_DAY_AS_CODE.sub(r"\1", body))
    text = _plain(words, written)
    answer = len(text) <= LONGEST_SENTENCE and "?" not in text and _DAY_ALONE.match(text)
    if answer and _SAYS_WHICH.search(words):
        return answer["until"]
    offers, days = False, []
    begins = _GREETS.match(text)
    own = _TAKES.match(text, begins.end() if begins else 0)
    for found in _SENTENCE.finditer(text):
        if len(found[0]) > LONGEST_SENTENCE:
            continue
        sentence = _ENDS_LATER.sub("", _COURTESY.sub("", found[0]))
        if _DOUBT.search(sentence):
            continue
        asks = sentence.endswith("?")
        if own and not asks and found.start() <= own.start() < found.end():
            if own["until"]:
                return own["until"]
            offers = True
        for clause in _CLAUSE.split(sentence):
            if _OFFERS.match(clause) and not (asks and author):
                offers = True
            if asks:
                continue
            if match := _CLAIMS.match(clause):
                return match["until"]
            if match := _DAY_ALONE.match(clause) or _IS_FREE.match(clause):
                days.append(match["until"])
    return (days or [""])[0] if offers else None


def _plain(words: str, written: date) -> str:
    """Lines of words with one space between them, nothing shortened or stressed, and their days marked.

    The mark of a day is ours alone: where somebody writes one, it says nothing.
    """
    lines = "\n".join(" ".join(line.split()) for line in _STRESS.sub("", words.replace("§", " ")).splitlines())
    for pattern, long in _SHORT:
        lines = pattern.sub(long, lines)
    return _with_days(lines, written)
