import pytest

from handrail.worktime.hours import parse_days, parse_hours


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("09:00-17:00", (9 * 3600, 17 * 3600)),
        ("9:30 - 12:05", (9 * 3600 + 1800, 12 * 3600 + 300)),
        ("00:00-24:00", (0, 86400)),
        ("09:00-09:00", (9 * 3600, 33 * 3600)),
        ("22:00-06:00", (22 * 3600, 30 * 3600)),
        ("23:59-24:00", (86340, 86400)),
    ],
)
def test_an_interval_is_seconds_after_midnight(text: str, interval: tuple[int, int]) -> None:
    assert parse_hours([text]) == (interval,)


def test_intervals_come_in_the_order_of_the_day() -> None:
    assert parse_hours(["13:00-17:00", "08:00-12:00"]) == ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
    assert parse_hours([]) == ()


@pytest.mark.parametrize("text", ["", "nine to five", "09:00", "09:60-17:00", "24:00-06:00", "09:00-24:01"])
def test_what_is_no_interval_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}'"):
        parse_hours(["09:00-12:00", text])


def test_days_are_numbered_from_monday() -> None:
    assert parse_days(["sun", "mon", "mon"]) == {0, 6}


def test_what_is_no_day_is_named_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"'Monday' is not .* mon, tue"):
        parse_days(["tue", "Monday"])
