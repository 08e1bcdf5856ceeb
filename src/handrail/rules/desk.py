"""What the decisions about single items share: the handbook's terms, clocks, who is there, and filing under a row."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from handrail.handbook.schema import Handbook
from handrail.model.clocks import Clock, ClockState
from handrail.model.items import Issue, Item
from handrail.model.queue import Entry, Reason, TriageFinding
from handrail.model.snapshot import Snapshot
from handrail.rules.terms import Says, Standing, Terms
from handrail.rules.verdict import Place, Verdict
from handrail.worktime.calendar import BUSINESS_DAY, NeverOpensError

NO_ROW = "queue.no-row"
"""The clause that what fits no row is said, not queued."""


class Desk:
    """A snapshot and a handbook, with what is worked out once for all items."""

    def __init__(self, snapshot: Snapshot, handbook: Handbook) -> None:
        self.snapshot = snapshot
        self.handbook = handbook
        self.terms = Terms(handbook)
        slo = handbook.work_queue.review_slo
        self._limits = {
            True: round(slo.business_days * BUSINESS_DAY),
            False: round(slo.elsewhere_business_days * BUSINESS_DAY),
        }
        self._near = slo.near
        self._absent: dict[str, bool] = {}

    def is_member(self, username: str) -> bool:
        """Whether the person is of the team."""
        return username in self.snapshot.people

    def is_absent(self, username: str) -> bool:
        """Whether a member is away for longer than the handbook leaves a turn with them."""
        known = self._absent.get(username)
        if known is None:
            patience = self.handbook.work_queue.stand_ins.after_business_days * BUSINESS_DAY
            known = self.snapshot.calendars[username].absent_for(self.snapshot.now) > patience
            self._absent[username] = known
        return known

    def back_on(self, username: str) -> date | None:
        """The date, in their zone, on which an absent member is back; None where no end is known."""
        person = self.snapshot.people[username]
        try:
            back = self.snapshot.calendars[username].opens_after(self.snapshot.now)
        except NeverOpensError:
            return None
        return back.astimezone(ZoneInfo(person.zone)).date()

    def clock(self, start: datetime, whose: str, *, ours: bool) -> Clock:
        """The review SLO's clock: runs in the reviewer's business time, in the team's where there is none."""
        used = self.snapshot.calendars[whose].between(start, self.snapshot.now)
        limit = self._limits[ours]
        state: ClockState = "non-breaching"
        if used >= limit:
            state = "breaching"
        elif used >= limit * self._near:
            state = "near-breaching"
        return Clock(start, used, limit, state, whose)

    def is_untriaged(self, issue: Issue) -> bool:
        """Whether one of the team's issues waits for triage."""
        return self.terms.waits_for_triage(issue) and self.terms.read(issue).ours

    def pool(self, says: Says) -> str:
        """The pool that an item is open to: the whole team's, or its group's where the handbook says so."""
        return says.group if self.handbook.work_queue.available.open_to == "group" else ""

    def file(
        self,
        item: Item,
        standing: Standing,
        since: datetime,
        reasons: tuple[Reason, ...],
        clock: Clock | None = None,
    ) -> Entry | None:
        """The entry under the row that decides; None where no row fits."""
        found = self.terms.row_for(standing)
        if found is None:
            return None
        order, row = found
        if item.assumed:
            said = tuple(field.replace("_", " ") for field in item.assumed)
            reasons = (*reasons, Reason("assumed", names=said))
        return Entry(row.level, order, row.row, row.do, row.clause, item, since, reasons, clock)

    def verdict(
        self,
        standing: Standing,
        item: Item,
        entry: Entry | None,
        *,
        people: tuple[str, ...] = (),
        pool: str | None = None,
        but: tuple[str, ...] = (),
    ) -> Verdict:
        """The entry in the queues it belongs to, or what the item lacks for a row."""
        if entry is None:
            return Verdict(finding=TriageFinding(item, self._lacks(standing), NO_ROW), standing=standing)
        return Verdict(places=(Place(entry, people, pool, but, standing),), standing=standing)

    def _lacks(self, standing: Standing) -> tuple[str, ...]:
        """What keeps the item from the row that it is closest to."""
        rows = [
            row for row in self.handbook.work_queue.table if (row.kind, row.stage) == (standing.kind, standing.stage)
        ]
        misfits = [self.terms.misfits(row, standing) for row in rows]
        if not misfits:
            return (f"a row for {standing.kind}s {standing.stage}",)
        nearest = min(misfits, key=len)
        scope = next(iter(self.handbook.priorities), "priority::1").rpartition("::")[0]
        words = {"priority": f"a {scope} label"}
        return tuple(dict.fromkeys(words.get(misfit.field, misfit.wants) for misfit in nearest))
