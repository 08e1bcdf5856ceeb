"""Claims and offers in comments, and what only looks like one."""

from datetime import date

import pytest

from handrail.gitlab.claims import LONGEST_SENTENCE, claim

TUESDAY = date(2026, 6, 2)


@pytest.mark.parametrize(
    ("body", "until"),
    [
        # What one will do oneself, in many words.
        ("I'll start by 2026-06-05.", "2026-06-05"),
        ("I start on 12 July", "2026-07-12"),
        ("I will begin 12 July", "2026-07-12"),
        ("i'll start 12 july", "2026-07-12"),
        ("I’ll commence work on the 12th of July.", "2026-07-12"),
        ("I can only start on 12 July.", "2026-07-12"),
        ("I'd start on July 12th, 2026", "2026-07-12"),
        ("I plan to start working on this on Fri, 12 June", "2026-06-12"),
        ("I'm starting on Jun. 12", "2026-06-12"),
        ("I will be able to start on this issue from 2026-06-05", "2026-06-05"),
        ("I'm going to work on this from 8 June to 12 June", "2026-06-08"),
        ("I'll take this over on Mon 8 Jun 2026", "2026-06-08"),
        ("I'll pick it up no later than 2026-06-05", "2026-06-05"),
        ("I'm on it from 8 June", "2026-06-08"),
        ("I'm working on this until 12 July", "2026-07-12"),
        ("I claim this through 2026-06-05", "2026-06-05"),
        ("let me take this one on 3rd Jan", "2027-01-03"),
        ("I'll start before 5 June", "2026-06-05"),
        # Days that are meant from the day of writing.
        ("I'll start today", "2026-06-02"),
        ("I'll start tomorrow morning.", "2026-06-03"),
        ("I'll start the day after tomorrow", "2026-06-04"),
        ("I'll start next Monday", "2026-06-08"),
        ("I'll begin on Friday", "2026-06-05"),
        ("I'll start this Tuesday", "2026-06-09"),
        # An offer with its day beside it.
        ("I'd like to work on this, starting 12 July", "2026-07-12"),
        ("I'd like to work on this.\nStart date: 2026-06-05", "2026-06-05"),
        ("Hi @mara, I'd love to take this on (by 12 July)", "2026-07-12"),
        ("I can take this and begin on 8 June", "2026-06-08"),
        ("I'd like to work on this in the chart, starting next Monday", "2026-06-08"),
        ("This hits us too, I can fix it - starting 5 June at the latest", "2026-06-05"),
        ("Can I take this? I'd start on 12 July.", "2026-07-12"),
        ("Please assign this to me, from 8 June.", "2026-06-08"),
        # An answer that is nothing but the day.
        ("2026-06-05", "2026-06-05"),
        ("By 12 July.", "2026-07-12"),
        ("@erin sure, on 12 July. Thanks!", "2026-07-12"),
        ("Starting next Monday", "2026-06-08"),
        ("> on which day would you start?\n\nOn 2026-06-05", "2026-06-05"),
        # Several days: the first that is not over.
        ("I'll start on 2026-06-05 or next Monday", "2026-06-05"),
        ("I start ~~2026-06-05~~ 2026-06-09", "2026-06-09"),
        ("It broke on 2026-05-30. I'll start on 2026-06-09.", "2026-06-09"),
        ("19.2 is due on 16 July. I'll start on 9 June.", "2026-06-09"),
        ("I'll start on 29 February 2028", "2028-02-29"),
        # A day as our own comment writes it, or stressed.
        ("I will start on `2026-06-10`", "2026-06-10"),
        ("`2026-06-10`", "2026-06-10"),
        ("> the day on which you would start, as in `2026-07-14`\n\n`2026-06-10`", "2026-06-10"),
        ("Start date: **2026-06-10**", "2026-06-10"),
        ("__Start date__: 2026-06-10", "2026-06-10"),
        ("_2026-06-10_", "2026-06-10"),
        ("*June 10*", "2026-06-10"),
        ("I'll start on **Wednesday, 10 June**", "2026-06-10"),
        # Their own doing, without an “I”.
        ("Taking this, starting 2026-06-10", "2026-06-10"),
        ("Picking this up on 2026-06-10", "2026-06-10"),
        ("Planning to start on June 10th", "2026-06-10"),
        ("Working on this from Monday", "2026-06-08"),
        ("Thanks. Taking this from 10 June.", "2026-06-10"),
        ("Happy to pick this up on 2026-06-10", "2026-06-10"),
        ("Going to fix this by 10 June", "2026-06-10"),
        ("Will start on 2026-06-10", "2026-06-10"),
        ("Yes, can start on 2026-06-10.", "2026-06-10"),
        ("My start date is 10 June.", "2026-06-10"),
        ("@erin thanks, from 10 June", "2026-06-10"),
        # Two parts of one sentence, or two sentences.
        ("I'm interested in this and can start on 2026-06-10", "2026-06-10"),
        ("I'll take this and will start on 10 June", "2026-06-10"),
        ("I can take this, and can begin on 2026-06-10", "2026-06-10"),
        ("I would love to take this on. Can start 10 June.", "2026-06-10"),
        ("Sorry for the delay, I will now start on 2026-06-20", "2026-06-20"),
        ("I'll do this by 2026-06-10", "2026-06-10"),
        ("I'd like to do this task by 2026-06-10", "2026-06-10"),
        ("@bo I will start on 2026-06-10", "2026-06-10"),
        # A courtesy is no condition.
        ("I'd like to take this, I'll start on 2026-06-10, is that okay?", "2026-06-10"),
        ("I'll start on 12 July, is that fine?", "2026-07-12"),
        ("I'll start on 10 June, if that's okay with you.", "2026-06-10"),
    ],
)
def test_a_claim_is_the_writers_own_will_with_a_day(body: str, until: str) -> None:
    assert claim(body, TUESDAY, author=False) == claim(body, TUESDAY, author=True) == until


@pytest.mark.parametrize(
    "body",
    [
        # Asked, not said.
        "could this ship on 12 July?",
        "Could you start on 12 July?",
        "Will I start on 12 July?",
        "12 July?",
        "Working on this from Monday?",
        "By 10 June, ok?",
        # Denied, or made to depend on something.
        "I cannot start before 12 July",
        "I can't start until 12 July",
        "I won’t start on 12 July",
        "I will not take this on 12 July",
        "I'll start on 12 July if nobody else does",
        "If it's still free, I'll start on 12 July",
        "Maybe I'll start on 12 July",
        "I can start on 12 July at the earliest",
        "I was working on this until 12 July",
        "I'd have started on 12 July",
        # Somebody else's.
        "Mara will start on 12 July",
        "We'll start on 12 July",
        "You can begin on 2026-06-05",
        "Mara: I'll start on 12 July",
        "Mara said “I'll start on 12 July”",
        'From the call:\n"I will start on 12 July", says Mara',
        "> I'll start by 2026-06-05\n\nGood luck!",
        ">>>\nI'll start by 2026-06-05\n>>>\n\nGood luck!",
        "Mara said, I'll start on 10 June",
        "Mara H. will take this on 10 June",
        "Mara\nwill take this on 10 June",
        "@bo is back then. Can take this by 10 June.",
        "@bo will start on 2026-06-10",
        "@bo will take this on 10 June",
        "Bo is taking this on 10 June",
        "They will start on 10 June",
        "Let's start on 10 June",
        # Asked of somebody.
        "Please start on this by 2026-06-10.",
        "@bo by 2026-06-10 please",
        "@bo 2026-06-10",
        "@bo @ada 10 June",
        "@ada until 2026-06-10",
        "Hi @bo, by 2026-06-10",
        "By 10 June please, @bo",
        "By 2026-06-10, @bo",
        "Before 2026-06-10, please.",
        "@bo can you take this by 10 June",
        "Start on 2026-06-10.",
        "Start working on this from 10 June",
        "Take this by 10 June, please",
        "Please take this by 10 June",
        # Another thing.
        "This will start on 2026-06-10",
        "It is 2026-06-10",
        "It starts on 10 June",
        "Is it by 12 July",
        "Until 2026-06-10",
        "Through 10 June",
        "Date: 2026-06-10",
        "The work will start on 10 June",
        "Working on this from 10 June would be too late",
        "Picking this up on 10 June is fine with us",
        "I'm interested in this by 10 June",
        "19.2 ships on 16 July",
        "today: 2026-06-05",
        "Deadline: 2026-06-05",
        "The freeze begins 12 July",
        "I start my vacation on 12 July",
        "I will be away from 12 July",
        "I'll start the release on 12 July",
        "I'll review this on 12 July",
        "I'll take a look next Monday",
        "I'll take this up with Mara on 12 July",
        "I see it on July 12th and 2026-07-13",
        "July 12th works",
        "next Monday",
        "Tomorrow.",
        "in May 3 of 4 failed",
        # Code, addresses, names, and days that are none or over.
        "`I'll start by 2026-06-05`",
        "```2026-06-10```",
        "build `2026-06-10` is broken",
        "```\nI'll start on 2026-06-05\n```\nSee above",
        "~~I'll start by 2026-06-05~~",
        "https://example.org/2026-06-05/log",
        "I'll start release-2026-06-05.1",
        "I'll start on 2026-13-45",
        "I'll start by 31 February",
        "I'll start on 1 June 2026",
        "I'll start on Friday next week",
        "I will start on §2026-99-99",
        "I will start on §2026",
        "§2026-02-30",
        "I'll start last Friday",
        f"I'll start on 12 July {'x' * LONGEST_SENTENCE}",
        "",
    ],
)
def test_a_day_alone_claims_nothing(body: str) -> None:
    assert claim(body, TUESDAY, author=False) is None


@pytest.mark.parametrize(
    "body",
    [
        "I'd like to work on this",
        "Hi @mara, I’d love to work on this issue!",
        "I can take this",
        "I'll pick this up next week.",
        "Thanks! I will take it over.",
        "I want to pick up the issue",
        "I'm interested in picking this up",
        "I am working on this.",
        "This hits us too, I can fix it",
        "I'll take a stab at this",
        "I'd be happy to take this on",
        "let me take this one",
        "assign this to me please",
        "@gitlab-bot assign me",
        "Can I work on this?",
        "Could I be assigned?",
        "Could you please assign it to me?",
        "Can I take this from 12 July?",
        "May I be assigned to this issue?",
        "Could I get assigned to this?",
        "Taking this.",
        "Working on this now",
        "Would love to work on this",
        "I'll do this",
        "I can take this. @bo by 10 June please",
        "I'd like to work on this. Please answer by 10 June.",
        "I'll take this on 2026-06-01",
        "I can take this, on 12 July we ship",
        "> who could take it?\n\nI can take it",
    ],
)
def test_an_offer_without_a_day_and_the_issues_authors_question_is_none(body: str) -> None:
    assert claim(body, TUESDAY, author=False) == ""
    assert claim(body, TUESDAY, author=True) == (None if body.endswith("?") else "")


@pytest.mark.parametrize(
    "body",
    [
        "I can't take this",
        "I will not work on this",
        "I don't think I can take this",
        "I can take a look",
        "I can review this",
        "If nobody else wants it I'll take it",
        "I'd like to work on this but have no time",
        "I was working on this until last week",
        "I'll take this up with Mara",
        "I can take this to the team",
        "I will take this into account",
        "I'll fix the documentation",
        "> I can take this",
        "`I can take this`",
        "Would you like to work on this?",
        "Working on this?",
        "Taking this into account",
        "Working on this for them would be great",
        "Take this",
        "I do this by hand",
        "I can do that",
        "I'm interested in this",
        "Who can take this?",
        "You could take this",
        "We will work on this",
    ],
)
def test_no_offer(body: str) -> None:
    assert claim(body, TUESDAY, author=False) is None


def test_long_comments_are_read_in_passing() -> None:
    for piece in (
        "I'd like to, ",
        "@a ",
        "- ",
        "\n",
        "mon ",
        ":",
        "hi ",
        "on ",
        "I will take this on ",
        "@a.... ",
        "_*",
        "<!--",
        "~~~x\n",
        "§",
        " ",
        "[](",
    ):
        assert claim(piece * 20_000 + "\n", TUESDAY, author=False) is None
        assert claim(piece * 60 + "x", TUESDAY, author=False) is None
