"""What people's comments say: a claim on an issue (“I start by 12 July”), a mention of the team's group, a command.

What stands in code or in a quotation is somebody else's word and says nothing. Source of the claims: the neighbours of
the workflow page; a comment without a date holds nothing, and who writes one can be asked for it.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_BLOCKS = r"^(?P<fence>```|~~~|>>>).*?^(?:```|~~~|>>>)[^\S\n]*$|^[^\S\n]*>[^\n]*$|<!--.*?-->"
_QUOTED_BLOCKS = re.compile(_BLOCKS, re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(rf"{_BLOCKS}|`[^`\n]*`|https?://\S+", re.MULTILINE | re.DOTALL)
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
_DAYS = {name: number for number, name in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<![\d.\-/])(\d{4})-(\d{2})-(\d{2})(?![\d\-/])")
_DAY_MONTH = re.compile(rf"\b(?:by|on)\s+(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b(?:(?:by|on)\s+)?({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*:)", re.IGNORECASE)
_NEXT_DAY = re.compile(rf"\bnext\s+({'|'.join(_DAYS)})day\b", re.IGNORECASE)

_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?")
_CLAUSE = re.compile(r"[,:()–—]|\s-+\s|\b(?:and|so)\b", re.IGNORECASE)
_HELLO = r"(?:(?:hi|hello|hey|hey there|thanks|thank you|yes|sure|ok|okay|then|please|@[\w./\-]+)\b[\s!]*)*"
_ISSUE = "(?:issue|one|task|ticket|bug|feature|item)"
_IT = rf"(?:(?:this|it|that)(?: {_ISSUE})?|the {_ISSUE})\b"
_TAKE = (
    rf"(?:take {_IT}(?: on| over)?|take (?:a stab|a crack|a shot) at {_IT}|pick (?:up {_IT}|{_IT} up)"
    rf"|(?:work|start) on {_IT}|(?:tackle|grab|fix|implement|handle|own) {_IT})"
)
_TAKING = rf"(?:taking {_IT}(?: on| over)?|picking (?:up {_IT}|{_IT} up)|(?:working|starting) on {_IT}|tackling {_IT})"
_WANTS = re.compile(
    rf"\W*{_HELLO}\W*(?:"
    rf"I(?:['’]d| would) (?:like|love|be (?:happy|glad)) to (?:try to |help )?{_TAKE}"
    rf"|I(?:['’]ll| will| can| could| want to| wanna|['’]m going to| am going to) (?:gladly |happily |also )?{_TAKE}"
    rf"|I(?:['’]m| am) (?:happy|glad|willing) to {_TAKE}"
    rf"|I(?:['’]m| am) (?:interested in )?{_TAKING}"
    rf"|let me {_TAKE}"
    rf"|(?:can|could|may|might|shall|should) I (?:please |maybe |try to )?(?:{_TAKE}|(?:be|get) assigned)"
    rf"|(?:(?:can|could|would|will) (?:you|someone|somebody|anyone) )?(?:please )?assign (?:me|(?:{_IT} )?to me)\b"
    rf")(?P<rest>.*)",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:but|unless|if|not|never|instead|no longer|without|until)\b|n['’]t\b|\b(?:review|demo|look)\b", re.IGNORECASE
)
_ENDS = re.compile(
    r"\s*(?:$|[^\w\s]|(?:please|too|now|today|tomorrow|soon|later|next|this|over|myself|for|in|on|during|after)\b)",
    re.IGNORECASE,
)
"""How such a wish may go on. “I'll take it up with the product manager” takes nothing."""
LONGEST_COMMAND = 200
"""Characters: more is no command."""


def claimed_until(body: str, written: date) -> date | None:
    """The first date that the comment names, if it is not over. ``written`` is the date in the author's own zone.

    A day without a year is the next one of that name; “next Monday” is the first Monday after the comment.
    """
    text = _own_words(body)
    found = [(match.start(), _date(*map(int, match.groups()))) for match in _ISO.finditer(text)]
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found += [
            (match.start(), _coming(_MONTHS[match[month].lower()], int(match[day]), written))
            for match in pattern.finditer(text)
        ]
    for match in _NEXT_DAY.finditer(text):
        ahead = (_DAYS[match[1].lower()] - written.weekday() - 1) % 7 + 1
        found.append((match.start(), written + timedelta(ahead)))
    return next((day for _, day in sorted(found, key=lambda pair: pair[0]) if day and day >= written), None)


def would_take(body: str, *, author: bool) -> bool:
    """Whether the comment says that who wrote it would take the issue. Of its ``author`` a question is no such word.

    Few ways of saying so are understood, and none with an “if” or a “but”: taking what nobody meant is worse than
    asking once more.
    """
    for sentence in _SENTENCE.findall(_own_words(body)):
        if _DOUBT.search(sentence) or (author and sentence.endswith("?")):
            continue
        for clause in _CLAUSE.split(sentence):
            match = _WANTS.match(clause)
            if match and _ENDS.match(match["rest"]):
                return True
    return False


def commands(body: str, handle: str) -> Iterator[str]:
    """What the comment says to ``@handle``: of each line that begins with the name, the words after it."""
    if not handle:
        return
    for match in re.finditer(
        rf"^[^\S\n]*@{re.escape(handle)}[,:]?[^\S\n]+(?P<words>\S.*)$",
        _QUOTED_BLOCKS.sub("", body),
        re.MULTILINE | re.IGNORECASE,
    ):
        words = " ".join(match["words"].split())
        if len(words) <= LONGEST_COMMAND:
            yield words


def mentions(body: str, group: str) -> bool:
    """Whether the comment calls ``@group`` (a full path), and not just one of its subgroups or a longer name."""
    return bool(group) and bool(
        re.search(rf"(?<![\w@/.\-])@{re.escape(group)}(?![\w/\-]|\.\w)", _own_words(body), re.IGNORECASE)
    )


def _own_words(body: str) -> str:
    return _QUOTED.sub(" ", body)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, written: date) -> date | None:
    this_year = _date(written.year, month, day)
    if this_year is not None and this_year >= written:
        return this_year
    return _date(written.year + 1, month, day)
