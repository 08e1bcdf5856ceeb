"""Claims and mentions in comments."""

from datetime import date

import pytest

from handrail.gitlab.comments import claimed_until, mentions

TUESDAY = date(2026, 6, 2)


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ("I'll start by 2026-06-05.", date(2026, 6, 5)),
        ("today: 2026-06-02", TUESDAY),
        ("by 12 July", date(2026, 7, 12)),
        ("on 3rd Jan", date(2027, 1, 3)),
        ("I can begin July 12", date(2026, 7, 12)),
        ("July 12th works", date(2026, 7, 12)),
        ("next Monday", date(2026, 6, 8)),
        ("Next tuesday it is", date(2026, 6, 9)),
        ("2026-06-01 is over, so 2026-06-09", date(2026, 6, 9)),
        ("2026-06-05 or next Monday", date(2026, 6, 5)),
        ("it broke on 2026-05-30", None),
        ("I may look at it", None),
        ("in May 3 of 4 failed", date(2027, 5, 3)),
        ("> by 2026-06-05\n\nGood luck!", None),
        ("`2026-06-05`", None),
        ("```\n2026-06-05 12:00 error\n```\nSee above", None),
        ("https://example.org/2026-06-05/log", None),
        ("release-2026-06-05.1", None),
        ("2026-13-45", None),
        ("by 31 February", None),
        ("", None),
    ],
)
def test_claim(body: str, until: date | None) -> None:
    assert claimed_until(body, TUESDAY) == until


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ("@acme/build please look", True),
        ("(cc @acme/build)", True),
        ("Thanks, @ACME/Build.", True),
        ("@acme/build/tools", False),
        ("@acme/builders", False),
        ("me@acme/build", False),
        ("> @acme/build please look", False),
        ("`@acme/build`", False),
        ("@acme", False),
    ],
)
def test_mention(body: str, called: bool) -> None:
    assert mentions(body, "acme/build") is called


def test_a_team_without_a_name_is_never_mentioned() -> None:
    assert not mentions("@ everybody", "")
