import subprocess
import sys
from datetime import date

import pytest

from handrail.worktime.public_holidays import countries, public_holidays

YEAR = range(2026, 2027)


def test_days_off_have_english_names_and_come_in_order() -> None:
    found = public_holidays("NL", None, range(2025, 2028))
    assert found[date(2026, 4, 27)] == "King's Day"
    assert found[date(2025, 12, 25)] == "Christmas Day"
    assert {day.year for day in found} == {2025, 2026, 2027}
    assert list(found) == sorted(found)
    assert type(found) is dict


def test_a_country_without_translations_answers_too() -> None:
    assert public_holidays("NZ", None, YEAR)[date(2026, 2, 6)] == "Waitangi Day"


def test_codes_may_be_written_as_people_write_them() -> None:
    assert public_holidays("nl ", None, YEAR) == public_holidays("NLD", None, YEAR)


def test_a_part_has_its_own_days_by_code_or_name() -> None:
    epiphany = date(2026, 1, 6)
    assert epiphany not in public_holidays("DE", None, YEAR)
    for part in ("BY", "by", "Bayern"):
        assert public_holidays("DE", part, YEAR)[epiphany] == "Epiphany"


def test_no_years_are_no_days() -> None:
    assert public_holidays("NL", None, range(2026, 2026)) == {}


@pytest.mark.parametrize(
    ("country", "near"),
    [("Netherland", r"NL \(netherlands\)"), ("united kingdon", r"GB \(united kingdom\)"), ("NLDD", "NL")],
)
def test_an_unknown_country_is_answered_with_near_ones(country: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"'{country}'; did you mean .*{near}"):
        public_holidays(country, None, YEAR)


def test_an_unknown_part_is_answered_with_near_ones() -> None:
    with pytest.raises(ValueError, match=r"DE has no part 'Bayer' .* did you mean BY \(bayern\)"):
        public_holidays("DE", "Bayer", YEAR)


def test_nothing_near_is_nothing_offered() -> None:
    with pytest.raises(ValueError, match=r"'QQQQQ'$"):
        public_holidays("QQQQQ", None, YEAR)
    with pytest.raises(ValueError, match=r"holidays$"):
        public_holidays("DE", "QQQQQ", YEAR)


def test_countries_list_their_parts() -> None:
    known = countries()
    assert "BY" in known["DE"]
    assert known["NL"] is not None
    assert all(len(code) == 2 for code in known)
    assert list(known) == sorted(known)


def test_the_library_is_loaded_on_first_use_only() -> None:
    modules = "calendar, fiscal, public_holidays, release_calendar"
    code = f"import sys; from handrail.worktime import {modules}; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
