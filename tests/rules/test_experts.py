"""Who is asked about something: the experts of its components, then the maintainers, whoever is there first."""

from datetime import date

from handrail.handbook.schema import Component
from handrail.model.items import Item, LinkedMergeRequest
from handrail.model.people import Away, Person
from handrail.model.planning import Project
from handrail.rules.desk import Desk
from handrail.rules.experts import Expert, experts, known
from handrail.testing import PEOPLE, PROJECT, a_handbook, a_merge_request, a_snapshot, an_issue

COMPONENTS = {
    "the registry": Component(("gitlab-bot", "mara", "sam"), labels=("registry",), words=("registry",)),
    "TLS": Component(("timo",), paths=("certs/",)),
    "all of omnibus": Component(("erin",), sources=("omnibus",)),
}
ATTIC = {
    "omnibus-attic": Project("acme/attic", "main", ("ivo", "mara", "stranger")),
    "omnibus": Project(PROJECT, "main", ("ivo",)),
}


def found(
    title: str, *items: Item, ref: str = "", people: dict[str, Person] | None = None, bare: bool = False
) -> list[Expert]:
    book = a_handbook({} if bare else {"components": COMPONENTS}, people or PEOPLE)
    snapshot = a_snapshot(*items, handbook=book, projects=ATTIC.values())
    return experts(title, ref or (items[0].ref if items else ""), Desk(snapshot, book))


def why(those: list[Expert]) -> list[tuple[str, str]]:
    return [(one.person, one.why) for one in those]


def test_a_component_is_told_by_label_word_file_or_project() -> None:
    assert why(found("It is slow", an_issue(1, "registry", "bug")))[0] == (
        "mara", "knows the registry: it has ~registry",
    )  # fmt: skip
    assert why(found("The Registry is slow")) == [
        ("mara", "knows the registry: its title says “registry”"),
        ("sam", "knows the registry: its title says “registry”"),
    ]
    assert found("Deregistry of runners") == [], "only where a word begins"
    change = a_merge_request(7, changed_paths=("README.md", "certs/ca.pem"))
    issue = an_issue(8, merge_requests=(LinkedMergeRequest(change.ref), LinkedMergeRequest(f"{PROJECT}!9")))
    for items in ((change,), (issue, change)):
        assert why(found("", *items))[0] == ("timo", "knows TLS: it changes certs/ca.pem")
    assert why(found("It is slow", an_issue(1))) == [
        ("erin", "knows all of omnibus: it is in omnibus"), ("ivo", "maintains omnibus"),
    ]  # fmt: skip
    assert why(found("Closed by now", ref=f"{PROJECT}#77"))[0][0] == "erin"


def test_the_maintainers_come_last_and_are_of_the_team() -> None:
    assert why(found("Anything", an_issue(1, project="acme/attic"), bare=True)) == [
        ("ivo", "maintains acme/attic"), ("mara", "maintains acme/attic"),
    ]  # fmt: skip
    assert found("Anything", a_merge_request(1, project="acme/other")) == []


def test_whoever_is_at_work_comes_first_and_whoever_is_away_last() -> None:
    off = Away(date(2026, 6, 1), date(2026, 6, 12))
    people = {
        "mara": Person("Mara", away=(off,)),
        "timo": Person("Timo", days=(), away=(off,)),
        "ivo": Person("Ivo", "Asia/Tokyo"),
        "erin": Person("Erin"),
    }
    item = a_merge_request(7, "registry", changed_paths=("certs/ca.pem",))
    assert [(one.person, one.presence) for one in found("", item, people=people)] == [
        ("erin", "at work until Tue 2 Jun 17:00"),
        ("sam", ""),
        ("ivo", "back Wed 3 Jun 00:00"),
        ("mara", "away, back Mon 15 Jun 09:00"),
        ("timo", "away until nobody knows when"),
    ]


def test_somebody_of_the_item_is_known_as_the_team_and_the_experts_are() -> None:
    book = a_handbook({"components": COMPONENTS})
    item = an_issue(1, author="lena")
    desk = Desk(a_snapshot(item, handbook=book, projects=ATTIC.values()), book)
    names = ("Mara", "SAM", "lena", "stranger")
    assert [known(name, item, desk) for name in names] == ["mara", "sam", "lena", None]
    assert [known(name, None, desk) for name in names] == ["mara", "sam", None, None]
