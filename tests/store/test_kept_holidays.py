from datetime import date
from pathlib import Path

import pytest

from handrail.store.kept_holidays import KeptHolidays
from handrail.worktime.public_holidays import public_holidays

YEARS = range(2025, 2028)


def never(country: str, subdivision: str | None, years: range) -> dict[date, str]:
    raise AssertionError(f"the library was asked for {country}")


def test_what_was_asked_before_is_answered_without_the_library(tmp_path: Path) -> None:
    asked = KeptHolidays(tmp_path, public_holidays)
    canada, ontario = asked("CA", None, YEARS), asked("CA", "ON", YEARS)
    assert canada == public_holidays("CA", None, YEARS) != ontario
    again = KeptHolidays(tmp_path, never)
    assert (again("CA", None, YEARS), again("CA", "ON", YEARS)) == (canada, ontario)


def test_other_years_are_asked_for(tmp_path: Path) -> None:
    KeptHolidays(tmp_path, public_holidays)("NL", None, YEARS)
    with pytest.raises(AssertionError, match="NL"):
        KeptHolidays(tmp_path, never)("NL", None, range(2025, 2029))


def test_a_country_that_is_none_is_refused_and_not_kept(tmp_path: Path) -> None:
    kept = KeptHolidays(tmp_path, public_holidays)
    for _ in range(2):
        with pytest.raises(ValueError, match="XX"):
            kept("XX", None, YEARS)


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    KeptHolidays(tmp_path, public_holidays)("NL", None, YEARS)
    [file] = tmp_path.iterdir()
    file.write_bytes(b"\xc1 nonsense")
    found = KeptHolidays(tmp_path, public_holidays)("NL", None, YEARS)
    assert KeptHolidays(tmp_path, never)("NL", None, YEARS) == found


def test_a_folder_that_cannot_be_made_costs_time_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = KeptHolidays(tmp_path / "file" / "cache", public_holidays)("NL", None, YEARS)
    assert found[date(2026, 4, 27)] == "King's Day"
