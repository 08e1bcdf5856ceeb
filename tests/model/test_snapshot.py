from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from handrail.model.people import Away, Person
from handrail.model.planning import Milestone, Project
from handrail.model.snapshot import Calendars, Snapshot, first_of_each
from handrail.testing import NOW, PROJECT, a_snapshot, an_issue, at

TEAM = Person("Team", zone="Pacific/Auckland")


def snapshot(now: datetime = NOW, *milestones: Milestone) -> Snapshot:
    return a_snapshot(now=now, milestones=milestones)


@pytest.mark.parametrize(
    ("day", "title"),
    [
        ("2026-05-15 23:59", "19.0"),
        ("2026-05-16 00:00", "19.1"),
        ("2026-06-12 23:59", "19.1"),
        ("2026-06-13 00:00", "19.2"),
    ],
)
def test_without_milestones_the_computed_calendar_tells_the_current_one(day: str, title: str) -> None:
    assert snapshot(at(day)).current_milestones == {title}


def test_before_the_calendar_begins_no_milestone_is_current() -> None:
    assert snapshot(datetime(2019, 6, 1, tzinfo=UTC)).current_milestones == frozenset()


def test_gitlabs_own_milestones_win_over_the_computed_calendar() -> None:
    own = Milestone("Sprint 7", date(2026, 6, 1), date(2026, 6, 14))
    assert snapshot(NOW, own).current_milestones == {"Sprint 7"}


@pytest.mark.parametrize(("day", "current"), [("2026-05-31", False), ("2026-06-01", True), ("2026-06-14", True)])
def test_a_milestone_runs_from_its_first_day_through_its_last(day: str, current: bool) -> None:
    own = Milestone("Sprint 7", date(2026, 6, 1), date(2026, 6, 14))
    assert ("Sprint 7" in snapshot(at(f"{day} 23:59"), own).current_milestones) is current


def test_between_milestones_of_gitlabs_none_is_current() -> None:
    own = Milestone("Sprint 7", date(2026, 5, 1), date(2026, 5, 14))
    assert snapshot(NOW, own).current_milestones == frozenset()


def test_a_milestone_without_dates_is_never_current_and_never_begins() -> None:
    found = snapshot(NOW, Milestone("Backlog"))
    assert found.current_milestones == {"19.1"}
    assert not found.has_begun("Backlog")


def test_all_milestones_that_overlap_today_are_current() -> None:
    quarter = Milestone("FY27-Q2", date(2026, 5, 1), date(2026, 7, 31))
    sprint = Milestone("Sprint 7", date(2026, 6, 1), date(2026, 6, 14))
    assert snapshot(NOW, quarter, sprint).current_milestones == {"FY27-Q2", "Sprint 7"}


@pytest.mark.parametrize(
    ("title", "begun"),
    [("18.11", True), ("19.1", True), ("19.2", False), ("Sprint 6", True), ("Sprint 8", False), ("Unheard of", False)],
)
def test_a_milestone_has_begun_on_its_first_day_and_stays_so(title: str, begun: bool) -> None:
    own = (
        Milestone("Sprint 6", date(2026, 6, 2), date(2026, 6, 14)),
        Milestone("Sprint 8", date(2026, 6, 3), date(2026, 6, 30)),
    )
    assert snapshot(NOW, *own).has_begun(title) is begun


def test_today_is_the_date_in_the_teams_zone() -> None:
    there = Snapshot(at("2026-06-02 14:00"), TEAM, {}, Calendars({}, TEAM, lambda *_: {}))
    assert there.today == date(2026, 6, 3)


def test_items_are_found_by_reference() -> None:
    issue = an_issue(5)
    assert a_snapshot(an_issue(4), issue).by_ref[issue.ref] == issue


def test_who_may_merge_is_as_the_project_says() -> None:
    found = a_snapshot(projects=[Project(PROJECT, maintainers=("mara", "ivo"))])
    assert found.may_merge(PROJECT) == {"mara", "ivo"}
    assert found.may_merge("team/unknown") == frozenset()


def test_of_two_milestones_of_one_title_the_first_with_dates_counts() -> None:
    undated, dated = Milestone("19.1"), Milestone("19.1", date(2026, 5, 16), date(2026, 6, 12))
    later = Milestone("19.1", date(2026, 5, 20), date(2026, 6, 20))
    assert first_of_each([undated, dated, later]) == {"19.1": dated}
    assert first_of_each([dated, undated]) == {"19.1": dated}
    assert first_of_each([undated, Milestone("Backlog")]) == {"19.1": undated, "Backlog": Milestone("Backlog")}


def test_everyone_has_their_own_calendar_and_a_stranger_the_teams() -> None:
    asked: list[tuple[str, str | None]] = []

    def holidays(country: str, subdivision: str | None) -> Mapping[date, str]:
        asked.append((country, subdivision))
        return {date(2026, 6, 2): "Day of everything"}

    nora = Person("Nora", country="DE", subdivision="BY")
    omar = Person("Omar", away=(Away(date(2026, 6, 1), date(2026, 6, 5)),))
    calendars = Calendars({"nora": nora, "omar": omar}, TEAM, holidays)
    tuesday = at("2026-06-02 12:00")
    assert calendars["nora"].away_at(tuesday)
    assert calendars["omar"].away_at(tuesday)
    assert calendars["stranger"] is calendars[""]
    assert calendars[""].is_open(at("2026-06-02 12:00", "Pacific/Auckland"))
    assert calendars["nora"] is calendars["nora"]
    assert asked == [("DE", "BY")]
