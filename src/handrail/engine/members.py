"""Who belongs to a team whose handbook names nobody."""

from dataclasses import replace

from handrail.handbook.schema import Handbook
from handrail.model.people import Person
from handrail.store.facts import StoredFacts


def with_members(handbook: Handbook, facts: StoredFacts) -> Handbook:
    """The handbook; where it names no people, with the members whom GitLab knows, in the team's hours."""
    if handbook.people:
        return handbook
    team = handbook.team
    people = {
        account.username: Person(account.name, team.zone, team.hours, team.days, team.country, team.subdivision)
        for account in facts.accounts().values()
        if account.state == "active" and not account.bot and account.username not in team.bots
    }
    return replace(handbook, people=people)
