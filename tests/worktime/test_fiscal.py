import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.worktime.fiscal import FiscalQuarter, is_third_month

days = st.dates(date(1990, 1, 1), date(2150, 1, 1))
months = st.integers(1, 12)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 1, 31), "FY26::Q4"),
        (date(2026, 2, 1), "FY27::Q1"),
        (date(2026, 5, 1), "FY27::Q2"),
        (date(2026, 10, 31), "FY27::Q3"),
        (date(2027, 1, 31), "FY27::Q4"),
        (date(2099, 2, 1), "FY00::Q1"),
    ],
)
def test_the_year_is_named_for_its_end(day: date, label: str) -> None:
    assert FiscalQuarter.of(day).label == label


def test_a_quarter_has_its_days() -> None:
    quarter = FiscalQuarter(2027, 4)
    assert (quarter.first, quarter.third_month, quarter.last) == (
        date(2026, 11, 1),
        date(2027, 1, 1),
        date(2027, 1, 31),
    )


@pytest.mark.parametrize(
    ("starts_in", "day", "quarter"),
    [
        (1, date(2026, 1, 1), (2026, 1)),
        (1, date(2026, 12, 31), (2026, 4)),
        (7, date(2026, 6, 30), (2026, 4)),
        (7, date(2026, 7, 1), (2027, 1)),
        (12, date(2026, 12, 1), (2027, 1)),
    ],
)
def test_the_year_may_start_in_another_month(starts_in: int, day: date, quarter: tuple[int, int]) -> None:
    assert FiscalQuarter.of(day, starts_in) == FiscalQuarter(*quarter, starts_in)


def test_third_months() -> None:
    third = [month for month in range(1, 13) if is_third_month(date(2026, month, 15))]
    assert third == [1, 4, 7, 10]
    assert is_third_month(date(2026, 3, 31), year_starts_in=1)


@given(days, months)
def test_quarters_follow_each_other(day: date, starts_in: int) -> None:
    quarter = FiscalQuarter.of(day, starts_in)
    assert quarter.first <= day <= quarter.last
    assert quarter.next.previous == quarter
    assert quarter.previous < quarter < quarter.next
    assert quarter.next.first == quarter.last + timedelta(days=1)
    assert FiscalQuarter.of(quarter.previous.last, starts_in) == quarter.previous
    assert is_third_month(day, starts_in) == (day >= quarter.third_month)


@given(days, months)
def test_a_year_is_named_for_the_year_of_its_last_day(day: date, starts_in: int) -> None:
    quarter = FiscalQuarter.of(day, starts_in)
    fourth = FiscalQuarter(quarter.year, 4, starts_in)
    assert fourth.last.year == quarter.year


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_year_starts_in_a_month(month: int) -> None:
    with pytest.raises(ValueError, match=f"not {month}"):
        FiscalQuarter.of(date(2026, 1, 1), month)


def test_the_quarters_of_all_releases(shared: Path) -> None:
    releases = json.loads((shared / "releases/gitlab/gitlab_releases.json").read_text())["releases"]
    assert releases
    for row in releases:
        quarter = FiscalQuarter.of(date.fromisoformat(row["release_date_official"]))
        assert quarter.label == row["fiscal_quarter"].replace("-", "::")
