"""What can be wrong with a handbook whose values are well formed: names that lead nowhere, contradictions.

Each check yields key paths with sentences. `doubtful` are the paths where stand-ins were put (handbook.load):
a check that would look something up among them stays silent, since it would tell what follows from another.
`order` sorts key paths: where two contradict each other, the later is told.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias, get_args

from handrail.handbook import shape
from handrail.handbook.document import KeyPath
from handrail.handbook.label_problems import label_problems
from handrail.handbook.people_problems import people_problems, zone_problems
from handrail.handbook.rotations import Rotation
from handrail.handbook.schema import Handbook
from handrail.handbook.settings import STATE
from handrail.handbook.support_problems import source_problems, support_problems
from handrail.handbook.wording import named, nearest
from handrail.handbook.work import Grade

Found: TypeAlias = Iterator[tuple[KeyPath, str]]
Order: TypeAlias = Callable[[KeyPath], Any]

_FATES = ("does", "helps", "planned", "person")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_SEGMENT = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def _as_read(_path: KeyPath) -> int:
    """No order but the one in which a handbook is read."""
    return 0


def problems(handbook: Handbook, doubtful: Collection[KeyPath] = (), order: Order = _as_read) -> Found:
    """Everything that is wrong with a handbook which fits the schema, in no particular order."""

    def sure(*block: str) -> bool:
        return not any(path[: len(block)] == block for path in doubtful)

    yield from people_problems(handbook, groups_known=("groups",) not in doubtful)
    yield from label_problems(handbook, order)
    if ("clauses",) not in doubtful:
        yield from _clause_names(handbook, handbook.clauses)
    yield from _fates(handbook)
    yield from _row_ids(handbook, order)
    if sure("priorities"):
        yield from _row_priorities(handbook)
    if sure("workflow", "states"):
        yield from _states(handbook)
    if sure("priorities"):
        yield from _ranks(handbook.priorities, "priorities", order)
    if sure("severities"):
        yield from _ranks(handbook.severities, "severities", order)
    for name, rotation in handbook.rotations.items():
        at = "rotations", name
        yield from _rotation(at, rotation)
        yield from _ways(at, rotation)
        if sure("links"):
            yield from _pages(at, rotation, handbook.links)
    yield from _rotation_issues(handbook.rotations, order)
    if sure("sources"):
        yield from _components(handbook)
    yield from _paths(handbook)
    yield from _days(handbook)
    yield from support_problems(handbook.support, sure)
    yield from source_problems(handbook.sources)


def _clause_names(value: Any, clauses: Collection[str], path: KeyPath = ()) -> Found:
    """Every field called `clause`, anywhere, names a clause, if it need not be empty."""
    if is_dataclass(value):
        for field in fields(value):
            below = getattr(value, field.name)
            if field.name == "clause" and below and below not in clauses:
                yield (*path, "clause"), f"there is no clause `{below}`{nearest(below, clauses)}"
            elif not isinstance(below, str):
                yield from _clause_names(below, clauses, (*path, field.name))
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _clause_names(below, clauses, (*path, key))
    elif isinstance(value, tuple):
        for index, below in enumerate(value):
            yield from _clause_names(below, clauses, (*path, index))


def _fates(handbook: Handbook) -> Found:
    """A clause is enforced, assisted, planned or left to people: one of them."""
    for name, clause in handbook.clauses.items():
        path = ("clauses", name)
        fates = [fate for fate in _FATES if getattr(clause, fate) is not None]
        if not fates:
            yield (
                path,
                f"{named(path)} does not say what becomes of it; it needs one of {_listed(_FATES, 'or')}",
            )
        elif len(fates) > 1:
            yield (
                path,
                f"{named(path)} has {_listed(fates, 'and')}; keep one (`null` removes what it extends)",
            )
        if clause.helps is not None and clause.test is None:
            yield (
                (*path, "helps"),
                f"{named(path)} needs `test`: the test that fails without what `helps` names",
            )
        if clause.test is not None and clause.helps is None:
            yield (*path, "test"), f"{named(path)} has a `test`, which belongs to `helps` alone"


def _row_ids(handbook: Handbook, order: Order) -> Found:
    """Row ids name one row each, in the table and among the duties."""
    queue = handbook.work_queue
    ids: list[tuple[KeyPath, str]] = [(("work_queue", "red_default_branch", "row"), queue.red_default_branch.row)]
    ids += [(("work_queue", "table", index, "row"), row.row) for index, row in enumerate(queue.table)]
    ids += [
        (("rotations", name, "duties", index, "row"), duty.row)
        for name, rotation in handbook.rotations.items()
        for index, duty in enumerate(rotation.duties)
    ]
    first: dict[str, KeyPath] = {}
    for path, name in sorted(ids, key=lambda one: order(one[0])):
        if first.setdefault(name, path) != path:
            yield path, f"the row `{name}` is there already, as {named(first[name][:-1])}; each has its own name"


def _row_priorities(handbook: Handbook) -> Found:
    ranks = sorted({grade.rank for grade in handbook.priorities.values()})
    for index, row in enumerate(handbook.work_queue.table):
        if row.priority is not None and row.priority not in ranks:
            has = f"the ranks are {_listed(ranks, 'and')}" if ranks else "there are no priorities"
            yield ("work_queue", "table", index, "priority"), f"no priority has the rank {row.priority}: {has}"


def _states(handbook: Handbook) -> Found:
    """Every value that is to be a workflow state, anywhere, is one; an empty one names none."""
    states = handbook.workflow.states
    known = {state.casefold() for state in states}
    for path, state in _of_states(handbook, type(handbook)):
        if state and state.casefold() not in known:
            yield path, f"`{state}` is not among the `workflow.states`{nearest(state, states)}"


def _of_states(value: Any, kind: Any, path: KeyPath = ()) -> Found:
    """The values whose type is ``settings.STATE``'s, keys of maps included."""
    if STATE in get_args(kind):
        yield path, value
    elif is_dataclass(value):
        for name, below in shape.fields(type(value)).items():  # type: ignore[arg-type]  # it is a block, no class
            yield from _of_states(getattr(value, name), below, (*path, name))
    elif isinstance(value, dict):
        of_keys, of_values = get_args(shape.bare(kind)) or (Any, Any)
        for key, below in value.items():
            yield from _of_states(key, of_keys, (*path, key))
            yield from _of_states(below, of_values, (*path, key))
    elif isinstance(value, tuple):
        of_each = get_args(shape.bare(kind))[0]
        for index, below in enumerate(value):
            yield from _of_states(below, of_each, (*path, index))


def _ranks(grades: dict[str, Grade], block: str, order: Order) -> Found:
    first: dict[int, str] = {}
    for label in sorted(grades, key=lambda label: order((block, label, "rank"))):
        rank = grades[label].rank
        if first.setdefault(rank, label) != label:
            yield (block, label, "rank"), f"`{first[rank]}` has the rank {rank} already"


def _rotation(at: KeyPath, rotation: Rotation) -> Found:
    if not _TIME.fullmatch(rotation.handoff_time):
        yield (*at, "handoff_time"), f"`{rotation.handoff_time}` is not a time of day like `09:00`"
    elif rotation.handoff_time < "04:00":
        yield (
            (*at, "handoff_time"),
            (
                "a handoff cannot be from 00:00 to 04:00, when clocks are changed: "
                "on such a night that time comes twice or not at all"
            ),
        )
    if rotation.zone:
        yield from zone_problems(rotation.zone, (*at, "zone"))
    if "{start}" not in rotation.title:
        yield (*at, "title"), "the title needs `{start}` where the first day of the shift goes"
    for other in set(_PLACEHOLDER.findall(rotation.title)) - {"{start}"}:
        yield (
            (*at, "title"),
            f"nothing takes the place of `{other}` in the title; only `{{start}}` is known",
        )
    for index, duty in enumerate(rotation.duties):
        path = (*at, "duties", index)
        if duty.looks_at == "labels" and not duty.labels:
            yield (
                (*path, "looks_at"),
                f"the duty `{duty.row}` looks at labels and needs to say which: `labels: [...]`",
            )
        if duty.looks_at != "labels" and duty.labels:
            yield (
                (*path, "labels"),
                f"the duty `{duty.row}` looks at {duty.looks_at}, so its `labels` mean nothing",
            )


def _ways(at: KeyPath, rotation: Rotation) -> Found:
    """Each way in which requests come belongs to one duty and is redirected to one place."""
    ways: dict[str, list[tuple[str, ...]]] = {
        "duties": [one.ways for one in rotation.duties],
        "redirects": [one.ways or ("",) for one in rotation.redirects],
    }
    for name, those in ways.items():
        first: dict[str, int] = {}
        for index, of_one in enumerate(those):
            for number, way in enumerate(of_one):
                if first.setdefault(way, index) != index:
                    other = named((*at, name, first[way]))
                    where = (*at, name, index, *(("ways", number) if way else ()))
                    yield where, f"{f'`{way}`' if way else 'anything else'} belongs to {other} already"


def _pages(at: KeyPath, rotation: Rotation, links: Collection[str]) -> Found:
    """What leads people somewhere says where."""
    pages: list[tuple[KeyPath, str]] = [((*at, "on_call"), rotation.on_call)]
    for index, one in enumerate(rotation.redirects):
        path = (*at, "redirects", index)
        if one.to == "page":
            pages.append(((*path, "page"), one.page))
            if not one.page:
                yield path, "a redirect to a page needs to say which: `page: how to work with us`"
        elif one.page:
            yield (*path, "page"), f"the redirect goes to the {one.to}, so its `page` means nothing"
    for place, page in pages:
        if page and page not in links:
            yield place, f"there is no page `{page}` among the `links`{nearest(page, links)}"


def _rotation_issues(rotations: Mapping[str, Rotation], order: Order) -> Found:
    """Which rotation an issue belongs to is read from its title, so that two in one project need two titles."""
    first: dict[tuple[str, str], str] = {}
    for name in sorted((name for name, one in rotations.items() if one.project), key=lambda name: order(_title(name))):
        rotation = rotations[name]
        before = first.setdefault((rotation.project, rotation.title), name)
        if before != name:
            yield _title(name), f"the rotation `{before}` has issues of that title in `{rotation.project}` already"


def _title(rotation: str) -> KeyPath:
    return "rotations", rotation, "title"


def _components(handbook: Handbook) -> Found:
    known = {*handbook.sources, *(source.path for source in handbook.sources.values())}
    for name, one in handbook.components.items():
        if not (one.labels or one.words or one.paths or one.sources):
            yield (
                ("components", name),
                "nothing tells what is about it: give it `labels`, `words`, `paths` or `sources`",
            )
        for index, source in enumerate(one.sources):
            if source not in known:
                yield ("components", name, "sources", index), f"there is no source `{source}`{nearest(source, known)}"


def _paths(handbook: Handbook) -> Found:
    places: list[tuple[KeyPath, str]] = [
        (("rotations", name, "project"), rotation.project)
        for name, rotation in handbook.rotations.items()
        if rotation.project
    ]
    places += [(("sources", name, "path"), source.path) for name, source in handbook.sources.items()]
    for path, text in places:
        segments = text.split("/")
        if "://" in text:
            yield path, f"`{text}` is an address; give the path in it, like `group/project`"
        elif not all(_SEGMENT.fullmatch(part) and not part.endswith((".git", ".atom")) for part in segments):
            yield path, f"`{text}` is not a path on GitLab, like `group/project`"
    if handbook.team.mention.startswith("@"):
        yield ("team", "mention"), "leave out the `@`; it is put before the name where the team is mentioned"


def _days(handbook: Handbook) -> Found:
    for index, step in enumerate(handbook.planning.quarterly):
        if step.to_day is not None and step.to_day < step.from_day:
            path = ("planning", "quarterly", index, "to_day")
            yield path, f"a step cannot end on day {step.to_day}, before it begins on day {step.from_day}"


def _listed(words: Collection[object], last: str) -> str:
    *most, final = [f"`{word}`" for word in words]
    return f"{', '.join(most)} {last} {final}" if most else final
