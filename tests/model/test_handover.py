"""Who hands over to whom and when, what is in it, and what passes by itself."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handrail.duty.asked import handed_over, taken
from handrail.duty.handover import closed, commented, kept, passed, received, told
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs
from handrail.model.asked import Asked, Step, after
from handrail.model.duty import NOBODY, Began, Covered, Happened, LogEntry, RosterSet, TurnBegan, on_duty
from handrail.model.handover import Handover, ceremony, coming, decisions, latest, owned, passes_to
from handrail.model.people import Away, Person
from handrail.model.snapshot import Calendars
from handrail.testing import a_handbook, at

MON = at("2026-06-01 09:00")
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
PEOPLE = {"ivo": Person("Ivo"), "nadia": Person("Nadia"), "mara": Person("Mara")}
TEAM = Person("Team")


def a_rota(
    *more: Happened, order: tuple[str, ...] = ("ivo", "nadia", "mara"), people: dict[str, Person] = PEOPLE
) -> Rota:
    """Ivo's week from Monday, then Nadia's, then Mara's."""
    happened = (Began(MON.date(), order), TurnBegan(MON, order[0]), *more)
    log = [LogEntry(number, MON, "", what) for number, what in enumerate(happened, 1)]
    return Rota(log, Handoffs.of(a_handbook().rotation, "UTC"), people, TEAM, lambda *_: {})


def asked(owner: str = "ivo", when: datetime = MON + DAY, number: int = 1) -> Asked:
    return after(Asked(f"Request {number}", "customer", "sam", when, id=number), Step(when, "sam", "came", owner))


def next_of(rota: Rota, *those: Asked, now: datetime = MON + 4 * DAY) -> Handover | None:
    return coming(rota, those, Calendars(PEOPLE, TEAM, lambda *_: {}), now)


def last_of(rota: Rota, *those: Asked, now: datetime = MON + WEEK + DAY) -> Handover | None:
    return latest(rota, those, Calendars(PEOPLE, TEAM, lambda *_: {}), now)


# --- whose, when -----------------------------------------------------------------------------------------


def test_the_next_handover_is_to_the_next_on_the_list() -> None:
    over = next_of(a_rota())
    assert over == Handover(MON, MON + WEEK, "ivo", "nadia", MON + WEEK, ())
    last = last_of(a_rota())
    assert last == over


def test_before_the_first_turn_and_for_who_is_alone_there_is_none() -> None:
    early = a_rota()
    assert next_of(early, now=MON - DAY) is None
    assert last_of(early, now=MON - DAY) is None
    assert last_of(early, now=MON + DAY) is None
    assert next_of(a_rota(order=("ivo",))) is None


def test_several_shifts_in_a_row_are_handed_over_once() -> None:
    rota = a_rota(Covered("ivo", MON + WEEK, MON + 2 * WEEK))
    over = next_of(rota)
    assert over is not None
    assert (over.since, over.at, over.incoming) == (MON, MON + 2 * WEEK, "mara")
    last = last_of(rota, now=MON + 2 * WEEK + DAY)
    assert last is not None
    assert (last.since, last.at, last.outgoing) == (MON, MON + 2 * WEEK, "ivo")
    cover = a_rota(Covered("mara", MON + 2 * DAY, MON + 3 * DAY))
    found = [next_of(cover, now=MON + days * DAY) for days in (1, 2, 3)]
    assert [(one.outgoing, one.incoming, one.at) for one in found if one] == [
        ("ivo", "mara", MON + 2 * DAY),
        ("mara", "ivo", MON + 3 * DAY),
        ("ivo", "nadia", MON + WEEK),
    ]


def test_time_off_moves_the_ceremony_and_not_the_turn() -> None:
    away = PEOPLE | {"nadia": Person("Nadia", away=(Away((MON + WEEK).date(), (MON + WEEK).date()),))}
    rota = a_rota(people=away)
    over = coming(rota, (), rota.calendars, MON + 4 * DAY)
    assert over is not None
    assert (over.at, over.ceremony) == (MON + WEEK, MON + WEEK + DAY)
    gone = Person("Nadia", hours=())
    assert ceremony("nadia", MON, MON + WEEK, Calendars({"nadia": gone}, TEAM, lambda *_: {})) == MON + WEEK


# --- what is in it ---------------------------------------------------------------------------------------


def test_the_ledger_has_what_the_outgoing_has_with_what_was_decided() -> None:
    friday = MON + 4 * DAY
    those = (
        asked(number=1),
        commented(asked(number=2), "ivo", "nadia", friday, ""),
        kept(asked(number=3), "ivo", friday, "half of it is done"),
        closed(asked(number=4), "ivo", friday, "made room", "Mirror it twice"),
        after(asked(number=5), Step(friday, "ivo", "done", note="answered")),
        asked("mara", number=6),
    )
    over = next_of(a_rota(), *those, now=friday + timedelta(hours=2))
    assert over is not None
    assert [row.request.id for row in over.rows] == [1, 2, 3, 4]
    assert [[step.did for step in row.decided] for row in over.rows] == [[], ["handed over"], ["kept"], ["done"]]
    assert [row.request.id for row in over.undecided] == [1]
    assert [row.is_open for row in over.rows] == [True, True, True, False]


def test_the_incoming_sees_the_same_and_acknowledges_it() -> None:
    friday, monday = MON + 4 * DAY, MON + WEEK + timedelta(hours=1)
    handed, stays = (
        commented(asked(number=1), "ivo", "nadia", friday, ""),
        kept(asked(number=2), "ivo", friday, "half of it is done"),
    )
    went = passed(asked(number=3), "nadia", monday)
    over = last_of(a_rota(), handed, stays, went)
    assert over is not None
    assert [row.request.id for row in over.rows if row.is_open] == [1, 2, 3]
    seen = [received(one, "nadia", monday) for one in (handed, stays, went)]
    over = last_of(a_rota(), *seen)
    assert over is not None
    assert [(row.request.owner, row.acknowledged) for row in over.rows] == [
        ("nadia", True), ("ivo", True), ("nadia", True),
    ]  # fmt: skip


def test_what_went_elsewhere_or_came_later_is_in_no_handover() -> None:
    taken = after(asked(number=1), Step(MON + 2 * DAY, "mara", "took"))
    early = received(commented(asked(number=2), "ivo", "nadia", MON + 3 * DAY, ""), "nadia", MON + 3 * DAY)
    later = asked("nadia", MON + WEEK + timedelta(hours=1), number=3)
    before = after(asked(when=MON - WEEK, number=4), Step(MON - DAY, "nadia", "took"))
    over = last_of(a_rota(), taken, early, later, before)
    assert over is not None
    assert [row.request.id for row in over.rows] == [2]
    assert over.rows[0].acknowledged


def test_what_passed_late_is_in_the_handover_of_whoever_has_it_now() -> None:
    late = passed(asked(), "mara", MON + 2 * WEEK + DAY)
    over = last_of(a_rota(), late, now=MON + 2 * WEEK + 2 * DAY)
    assert over is not None
    assert (over.outgoing, over.incoming, [row.request.id for row in over.rows]) == ("nadia", "mara", [1])


# --- what passes -----------------------------------------------------------------------------------------


def test_what_nobody_decided_passes_when_the_turn_changes_and_not_before() -> None:
    rota, one = a_rota(), asked()
    assert passes_to(one, rota, MON + WEEK - timedelta(seconds=1), PEOPLE) is None
    assert passes_to(one, rota, MON + WEEK, PEOPLE) == "nadia"
    assert passes_to(one, rota, MON + 2 * WEEK, PEOPLE) == "mara"
    assert passes_to(passed(one, "nadia", MON + WEEK), rota, MON + WEEK, PEOPLE) is None
    assert passes_to(one, rota, MON - DAY, PEOPLE) is None


def test_what_was_decided_stays_and_so_does_what_its_owner_took_off_duty() -> None:
    rota, friday, after_it = a_rota(), MON + 4 * DAY, MON + WEEK + DAY
    for one in (
        commented(asked(), "ivo", "nadia", friday, ""),
        kept(asked(), "ivo", friday, "half of it is done"),
        told(asked(), "ivo", "nadia", friday, "all of it"),
        closed(asked(), "ivo", friday, "made room", "Mirror it twice"),
        after(asked("nadia", MON + WEEK), Step(after_it - timedelta(hours=1), "ivo", "took")),
        asked("mara", MON + DAY),
    ):
        assert passes_to(one, rota, after_it, PEOPLE) is None, one.steps


def test_what_was_decided_before_it_changed_hands_or_in_an_earlier_shift_counts_no_more() -> None:
    rota = a_rota()
    old = kept(asked(when=MON - 2 * DAY), "ivo", MON - DAY, "half of it is done")
    assert passes_to(old, rota, MON + WEEK, PEOPLE) == "nadia"
    other = after(kept(asked("mara", MON + DAY), "mara", MON + 2 * DAY, "why"), Step(MON + 3 * DAY, "ivo", "took"))
    assert passes_to(other, rota, MON + WEEK, PEOPLE) == "nadia"


def test_cover_in_mid_week_moves_the_requests_and_back() -> None:
    rota = a_rota(Covered("mara", MON + 2 * DAY, MON + 3 * DAY))
    one = asked()
    assert passes_to(one, rota, MON + 2 * DAY, PEOPLE) == "mara"
    there = passed(one, "mara", MON + 2 * DAY)
    assert passes_to(there, rota, MON + 3 * DAY, PEOPLE) == "ivo"
    assert passes_to(one, rota, MON + 3 * DAY, PEOPLE) is None


def test_where_nobody_is_on_duty_it_stays_and_what_is_nobodys_goes_to_the_next() -> None:
    gone = {name: Person(name, away=(Away(MON.date(), (MON + WEEK * 2).date()),)) for name in ("nadia", "mara")}
    rota = a_rota(
        people=PEOPLE | gone | {"ivo": Person("Ivo", away=(Away((MON + WEEK).date(), MON.date() + 2 * WEEK),))}
    )
    assert rota.at(MON + WEEK) is not None
    assert passes_to(asked(), rota, MON + WEEK, PEOPLE) is None
    over = next_of(rota)
    assert over is not None
    assert over.incoming == NOBODY
    assert passes_to(asked(NOBODY, MON + WEEK + DAY), rota, MON + WEEK + DAY, PEOPLE) is None
    assert passes_to(asked(NOBODY, MON), a_rota(), MON + DAY, PEOPLE) == "ivo"


def test_what_was_handed_to_the_next_goes_to_whoever_has_the_turn_in_the_end() -> None:
    friday, swapped = MON + 4 * DAY, a_rota(Covered("mara", MON + WEEK, MON + 2 * WEEK))
    one = told(commented(asked(), "ivo", "nadia", friday, "logs on Monday"), "ivo", "nadia", friday, "all of it")
    assert passes_to(one, a_rota(), MON + WEEK, PEOPLE) is None, "it is Nadia’s week: she takes it"
    assert passes_to(one, swapped, MON + WEEK - DAY, PEOPLE) is None
    assert passes_to(one, swapped, MON + WEEK, PEOPLE) == "mara"
    went = passed(one, "mara", MON + WEEK)
    assert went.steps[-1] == Step(MON + WEEK, "", "passed", "mara", "logs on Monday; all of it")
    for over in (last_of(swapped, went), last_of(swapped, one)):
        assert over is not None
        assert [[step.did for step in row.decided] for row in over.rows] == [["handed over", "spoke"]]
    assert passes_to(one, a_rota(), MON + 2 * WEEK, PEOPLE) == "mara", "a whole turn went by, and she has not taken it"
    stays = a_rota(Covered("ivo", MON + WEEK, MON + 2 * WEEK))
    assert passes_to(one, stays, MON + WEEK, PEOPLE) is None, "it is his, who is on duty"
    assert passes_to(one, stays, MON + 2 * WEEK, PEOPLE) == "mara"
    assert passes_to(one, a_rota(), MON + 4 * WEEK, PEOPLE) == "nadia", "he was on duty again since, and so was she"
    off_duty = commented(taken(asked(), "mara", MON + DAY), "mara", "ivo", MON + 2 * DAY, "")
    assert [passes_to(off_duty, a_rota(), MON + days * DAY, PEOPLE) for days in (3, 7)] == [None, "nadia"]
    gone = {name: Person(name, away=(Away((MON + WEEK).date(), MON.date() + 2 * WEEK),)) for name in PEOPLE}
    assert passes_to(one, a_rota(people=gone), MON + WEEK, PEOPLE) is None, "nobody is there"


def test_cover_that_was_to_have_it_and_did_not_take_it_leaves_it_where_it_is() -> None:
    cover = a_rota(Covered("mara", MON + 2 * DAY, MON + 3 * DAY))
    one = commented(asked(), "ivo", "mara", MON + DAY, "")
    assert [passes_to(one, cover, MON + days * DAY, PEOPLE) for days in (2, 3, 7)] == [None, None, "nadia"]
    took = received(one, "mara", MON + 2 * DAY)
    assert [passes_to(took, cover, MON + days * DAY, PEOPLE) for days in (2, 3)] == [None, "ivo"]


def test_what_was_handed_to_somebody_by_name_waits_for_them() -> None:
    rota = a_rota(order=("ivo", "nadia"))
    one = handed_over(asked(), "ivo", "mara", MON + DAY)
    for weeks in (1, 2, 3):
        assert passes_to(one, rota, MON + weeks * WEEK, PEOPLE) is None
    assert passes_to(one, rota, MON + WEEK, {"ivo", "nadia"}) == "nadia", "whom there is not any more"


def test_what_is_of_somebody_who_left_goes_to_whoever_is_on_duty_else_to_nobody() -> None:
    rota, left = a_rota(), {"nadia", "mara"}
    one = asked()
    assert passes_to(one, rota, MON + 2 * DAY, left) == NOBODY
    nobodys = passed(one, NOBODY, MON + 2 * DAY)
    assert passes_to(nobodys, rota, MON + 3 * DAY, left) is None
    assert passes_to(nobodys, rota, MON + WEEK, left) == "nadia"
    expert = kept(one, "ivo", MON + 2 * DAY, "half of it is done")
    assert passes_to(expert, rota, MON + WEEK, left) == "nadia"
    assert passes_to(handed_over(one, "ivo", "mara", MON + DAY), rota, MON + 2 * DAY, left) is None
    over = last_of(rota, passed(nobodys, "nadia", MON + WEEK))
    assert over is not None
    assert [row.request.id for row in over.rows] == [1]


def test_who_has_had_it() -> None:
    one = received(passed(asked(), "nadia", MON + WEEK), "nadia", MON + WEEK)
    assert [(has.owner, has.did) for has in owned(one)] == [("ivo", "came"), ("nadia", "passed")]
    assert decisions(kept(asked(), "ivo", MON + 2 * DAY, "why"), MON, MON + DAY) == ()


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["keep", "comment", "told", "none"])), max_size=12),
    st.lists(st.integers(0, 45), min_size=1, max_size=8),
)
def test_however_late_and_often_it_runs_an_undecided_request_is_with_whoever_is_on_duty(
    told_when: list[tuple[int, str]], runs: list[int]
) -> None:
    """No request is lost: undecided ones end with the holder of the last run, decided ones with whoever decided."""
    rota = a_rota()
    requests = []
    for number, (day, option) in enumerate(told_when):
        when = MON + day * DAY
        shift = rota.at(when)
        assert shift is not None
        one = asked(shift.holder, when, number)
        if option == "keep":
            one = kept(one, shift.holder, when, "why")
        requests.append((one, option, shift))
    for day in [*sorted(runs), 60]:
        now = MON + day * DAY
        requests = [
            (one if now < one.asked_at else _run(one, rota, now, PEOPLE), option, shift)
            for one, option, shift in requests
        ]
    last = rota.at(MON + 60 * DAY)
    assert last is not None
    for one, option, shift in requests:
        again = any(
            other.holder == shift.holder and other.start > shift.start
            for other in rota.shifts(shift.end, MON + 60 * DAY)
            if other.end <= MON + 60 * DAY
        )
        if option != "keep" or again:
            assert one.owner == last.holder
        else:
            assert one.owner == shift.holder
        assert passes_to(one, rota, MON + 60 * DAY, PEOPLE) is None


_TEAM = ("ivo", "nadia", "mara", "lena")
_WHO = st.sampled_from(_TEAM)
_DEEDS = st.tuples(
    st.sampled_from([1, 24, 72, 168]),
    st.sampled_from(["came", "comment", "told", "keep", "acknowledge", "take", "name", "cover", "leave", "roster"]),
    _WHO,
)


@given(st.lists(_DEEDS, min_size=3, max_size=25))
def test_whatever_happens_a_request_is_with_whoever_is_on_duty_or_somebody_said_otherwise(
    deeds: list[tuple[int, str, str]],
) -> None:
    people = {name: Person(name.title()) for name in _TEAM}
    rota = a_rota(people=people)
    now, requests = MON, [asked(when=MON)]
    for hours, deed, who in deeds:
        now += timedelta(hours=hours)
        rota = rota.with_begun(rota.overdue(now), now)
        requests = [_run(one, rota, now, people) for one in requests]
        if deed == "came":
            requests.append(asked(on_duty(rota, now, people), now, len(requests)))
        elif deed in {"cover", "roster"}:
            happened = Covered(who, now, now + 3 * DAY) if deed == "cover" else RosterSet((who, "ivo", "nadia"))
            rota = rota.with_log([*rota.log, LogEntry(len(rota.log) + 1, now, "", happened)])
        elif deed == "leave":
            people = {name: one for name, one in people.items() if name != who or len(people) == 1}
            rota = Rota(rota.log, Handoffs.of(a_handbook().rotation, "UTC"), people, TEAM, lambda *_: {})
        else:
            requests = [_done(one, deed, who, rota, now, people) for one in requests]
        requests = [_run(one, rota, now, people) for one in requests]
        for one in requests:
            assert _is_with_somebody(one, rota, now, people), (one.steps, rota.log)


def _run(one: Asked, rota: Rota, now: datetime, people: dict[str, Person]) -> Asked:
    to = passes_to(one, rota, now, people)
    return one if to is None else passed(one, to, now)


def _done(one: Asked, deed: str, who: str, rota: Rota, now: datetime, people: dict[str, Person]) -> Asked:
    """The request after its owner, or whoever is named, has said so; as it is where that does not fit."""
    owner, over = one.owner, coming(rota, (), rota.calendars, now)
    following = over.incoming if over and on_duty(rota, now, people) == owner else on_duty(rota, now, people)
    match deed:
        case "comment" | "told" if owner and following in people and following != owner:
            return (commented if deed == "comment" else told)(one, owner, following, now, "a note")
        case "keep" if owner:
            return kept(one, owner, now, "a note")
        case "acknowledge" if one.passing_to:
            return taken(one, one.passing_to, now)
        case "take" if who in people and owner != who:
            return taken(one, who, now)
        case "name" if who in people and owner != who:
            return handed_over(one, owner or who, who, now)
        case _:
            return one


def _is_with_somebody(one: Asked, rota: Rota, now: datetime, people: dict[str, Person]) -> bool:
    holder, has = on_duty(rota, now, people), owned(one)[-1]
    took = has.did in {"took", "acknowledged"} and on_duty(rota, has.since, people) != one.owner
    kept_it = any(step.did == "kept" and step.at >= has.since for step in one.steps) and not one.passing_to
    given = one.given
    if given and given.whom in people and (given.whom == holder or not given.with_turn):
        return True
    theirs = holder == NOBODY or ((took or kept_it) and not (given and given.with_turn))
    return one.owner == holder or (one.owner in people and theirs)
