from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from handrail.demo.team import DemoTeam
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.planning import Pipeline, Project
from handrail.testing import NOW, PROJECT, Told, a_merge_request, an_epic, an_issue
from standin.access import READER
from standin.graphql.endpoint import answer
from standin.world import World
from tests.standin.conftest import Ask

PAGES = """
query Pages($path: ID!, $after: String, $first: Int = 7) {
  project(fullPath: $path) {
    workItems(types: [ISSUE, INCIDENT, KEY_RESULT], sort: UPDATED_ASC, after: $after, first: $first) {
      count
      pageInfo { hasNextPage endCursor }
      nodes { reference(full: true) updatedAt }
    }
  }
}
"""


def a_world(*items: Any, **options: Any) -> World:
    told = tuple((item, ()) if not isinstance(item, tuple) else item for item in items)
    return World(Told(told, Team(NOW)), **options)


def data(world: World, query: str, **variables: Any) -> Any:
    body = answer(world, READER, query, variables, None).body
    assert "errors" not in body, body
    return body["data"]


def said(world: World, query: str, **variables: Any) -> list[str]:
    return [error["message"] for error in answer(world, READER, query, variables, None).body["errors"]]


def test_pages_hold_every_item_once_in_order(ask: Ask) -> None:
    expected = {i.ref for i, _ in DemoTeam(400).items(histories=False, closed=True) if i.ref.startswith(f"{PROJECT}#")}
    after, seen = None, []
    while True:
        page = ask(PAGES, path=PROJECT, after=after)["data"]["project"]["workItems"]
        assert page["count"] == len(expected)
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert {node["reference"] for node in seen} == expected
    assert len(seen) == len(expected)
    assert [node["updatedAt"] for node in seen] == sorted(node["updatedAt"] for node in seen)


def test_a_page_is_cut_to_a_hundred(ask: Ask) -> None:
    page = ask(PAGES, path=PROJECT, first=500)["data"]["project"]["workItems"]
    assert len(page["nodes"]) <= 100


def test_an_item_that_changes_between_pages_comes_once_more_at_the_end() -> None:
    items = [an_issue(iid, created_at=NOW - timedelta(days=10 - iid)) for iid in range(1, 6)]
    world = a_world(*items)
    first = data(world, PAGES, path=PROJECT, first=3)["project"]["workItems"]
    world.put(items[0], [Event(NOW, "nadia", "commented")])
    rest = data(world, PAGES, path=PROJECT, after=first["pageInfo"]["endCursor"])["project"]["workItems"]
    assert [node["reference"][-2:] for node in rest["nodes"]] == ["#4", "#5", "#1"]


def test_both_directions_and_both_ends() -> None:
    world = a_world(*(an_issue(iid, created_at=NOW - timedelta(days=iid)) for iid in range(1, 7)))
    query = """query Ends($sort: WorkItemSort, $first: Int, $last: Int, $before: String, $after: String) {
      project(fullPath: "gitlab-org/omnibus-gitlab") {
        workItems(sort: $sort, first: $first, last: $last, before: $before, after: $after) {
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { iid } } } }"""

    def page(**variables: Any) -> tuple[list[int], dict[str, Any]]:
        found = data(world, query, **variables)["project"]["workItems"]
        return [int(node["iid"]) for node in found["nodes"]], found["pageInfo"]

    up, info = page(sort="CREATED_ASC", first=2)
    assert (up, info["hasNextPage"], info["hasPreviousPage"]) == ([6, 5], True, False)
    assert page(sort="CREATED_ASC", first=2, after=info["endCursor"])[0] == [4, 3]
    down, info = page(sort="CREATED_DESC", first=4)
    assert down == [1, 2, 3, 4]
    assert page(sort="CREATED_DESC", after=info["endCursor"])[0] == [5, 6]
    assert page(sort="CREATED_DESC", last=2, before=info["endCursor"])[0] == [2, 3]
    assert page(sort="CREATED_ASC", last=2)[0] == [2, 1]
    assert page(sort="TITLE_ASC", first=3)[0] == [1, 2, 3]


def test_filters() -> None:
    world = a_world(
        an_issue(1, "bug", assignees=("nadia",), milestone="19.1", created_at=NOW - timedelta(days=3)),
        an_issue(2, "bug", "urgent", state="closed", closed_at=NOW, author="ivo"),
        an_issue(3, "incident", confidential=True),
    )

    def found(filters: str) -> list[str]:
        nodes = data(world, f'{{ project(fullPath: "{PROJECT}") {{ workItems({filters}) {{ nodes {{ iid }} }} }} }}')
        return sorted(node["iid"] for node in nodes["project"]["workItems"]["nodes"])

    assert found("state: all") == ["1", "2", "3"]
    assert found("state: opened") == ["1", "3"]
    assert found('labelName: ["bug"]') == ["1", "2"]
    assert found('labelName: ["bug", "urgent"]') == ["2"]
    assert found('labelName: ["none"]') == []
    assert found('updatedAfter: "2026-06-02"') == ["2"]
    assert found(f'updatedAfter: "{NOW.isoformat()}"') == ["2"]
    assert found(f'updatedBefore: "{(NOW - timedelta(seconds=1)).isoformat()}"') == ["1", "3"]
    assert found("types: [INCIDENT]") == ["3"]
    assert found('assigneeUsernames: ["nadia"]') == ["1"]
    assert found("assigneeWildcardId: NONE") == ["2", "3"]
    assert found('milestoneTitle: ["19.1"]') == ["1"]
    assert found("milestoneWildcardId: NONE") == ["2", "3"]
    assert found('authorUsername: "ivo"') == ["2"]
    assert found("confidential: true") == ["3"]
    assert found('iids: ["1", "3"]') == ["1", "3"]


def test_a_merge_request_as_its_reviewers_left_it(ask: Ask) -> None:
    query = """{ project(fullPath: "gitlab-org/omnibus-gitlab") { mergeRequest(iid: "7421") {
      title draft state targetBranch detailedMergeStatus approvedBy { nodes { username } }
      reviewers { nodes { username bot mergeRequestInteraction { reviewState approved canMerge } } } } } }"""
    found = ask(query)["data"]["project"]["mergeRequest"]
    (reviewer,) = found.pop("reviewers")["nodes"]
    assert reviewer == {
        "username": "nadia",
        "bot": False,
        "mergeRequestInteraction": {"reviewState": "UNREVIEWED", "approved": False, "canMerge": False},
    }
    assert found == {
        "title": "Sign SLES 15.6 repositories",
        "draft": False,
        "state": "opened",
        "targetBranch": "master",
        "detailedMergeStatus": "DISCUSSIONS_NOT_RESOLVED",
        "approvedBy": {"nodes": []},
    }


def test_widgets_are_those_that_were_asked_for() -> None:
    epic = an_epic(3, group="gitlab-org/distribution")
    blocker = an_issue(9)
    world = a_world(
        epic, blocker, an_issue(1, "bug", weight=3, status="In progress", epic=epic.ref, blocked_by=(blocker.ref,))
    )
    query = """{ project(fullPath: "gitlab-org/omnibus-gitlab") { workItems(iids: ["1"]) { nodes {
      workItemType { name }
      widgets(onlyTypes: [STATUS, WEIGHT, LABELS, HIERARCHY, LINKED_ITEMS]) { type
        ... on WorkItemWidgetStatus { status { name category } }
        ... on WorkItemWidgetWeight { weight }
        ... on WorkItemWidgetLabels { labels { nodes { title } } }
        ... on WorkItemWidgetHierarchy { parent { reference(full: true) workItemType { name } } }
        ... on WorkItemWidgetLinkedItems { linkedItems(filter: BLOCKED_BY) { nodes { linkType workItem { iid } } } }
      } } } } }"""
    (item,) = data(world, query)["project"]["workItems"]["nodes"]
    assert {widget.pop("type"): widget for widget in item["widgets"]} == {
        "STATUS": {"status": {"name": "In progress", "category": "IN_PROGRESS"}},
        "WEIGHT": {"weight": 3},
        "LABELS": {"labels": {"nodes": [{"title": "bug"}]}},
        "HIERARCHY": {"parent": {"reference": "gitlab-org/distribution&3", "workItemType": {"name": "Epic"}}},
        "LINKED_ITEMS": {"linkedItems": {"nodes": [{"linkType": "is_blocked_by", "workItem": {"iid": "9"}}]}},
    }


def test_a_group_lists_what_is_below_it_when_asked() -> None:
    world = a_world(an_epic(1), an_issue(2), a_merge_request(3), an_issue(4, project="gitlab-org/charts/gitlab"))
    query = """query Below($deep: Boolean) { group(fullPath: "gitlab-org") {
      projects(includeSubgroups: $deep) { nodes { fullPath } }
      workItems(includeDescendants: $deep, sort: TITLE_ASC) { nodes { reference(full: true) } }
      mergeRequests(includeSubgroups: $deep) { nodes { reference(full: true) } } } }"""
    shallow, deep = data(world, query, deep=False)["group"], data(world, query, deep=True)["group"]
    assert [node["reference"] for node in shallow["workItems"]["nodes"]] == ["gitlab-org&1"]
    assert [node["reference"] for node in deep["workItems"]["nodes"]] == [
        "gitlab-org/charts/gitlab#4",
        "gitlab-org&1",
        f"{PROJECT}#2",
    ]
    assert deep["mergeRequests"]["nodes"] == [{"reference": f"{PROJECT}!3"}]
    assert len(deep["projects"]["nodes"]) == 2


def test_introspection_tells_what_there_is() -> None:
    query = """{ currentUser { username bot } metadata { version enterprise }
      status: __type(name: "WorkItemWidgetStatus") { name }
      types: __type(name: "IssueType") { enumValues { name } }
      __schema { queryType { name } } }"""
    premium, free = data(a_world(), query), data(a_world(tier="free"), query)
    assert premium["currentUser"] == {"username": READER, "bot": True}
    assert premium["metadata"] == {"version": "18.8.0", "enterprise": True}
    assert (premium["status"], free["status"]) == ({"name": "WorkItemWidgetStatus"}, None)
    assert {"name": "EPIC"} in premium["types"]["enumValues"]
    assert {"name": "EPIC"} not in free["types"]["enumValues"]
    assert premium["__schema"] == {"queryType": {"name": "Query"}}


def cost(world: World, query: str) -> int:
    return answer(world, READER, query, {}, None).cost


def test_contract_complexity_is_gitlabs() -> None:
    world = a_world()
    project = f'project(fullPath: "{PROJECT}")'
    assert cost(world, f"{{ {project} {{ id }} }}") == 2
    assert cost(world, f"{{ {project} {{ id name }} }}") == 3
    # nodes and iid are 2, the connection 1 more, and twice that for a hundred at once.
    assert cost(world, f"{{ {project} {{ issues(first: 100) {{ nodes {{ iid }} }} }} }}") == 7
    assert cost(world, f"{{ {project} {{ issues {{ nodes {{ iid }} }} }} }}") == 7
    assert cost(world, f"{{ {project} {{ issues(first: 10) {{ nodes {{ iid }} }} }} }}") == 4
    assert cost(world, f"{{ {project} {{ issues(sort: UPDATED_ASC) {{ nodes {{ iid }} }} }} }}") == 9
    # Of the types of an interface the dearest counts, not all of them.
    widgets = "widgets { ... on WorkItemWidgetWeight { weight } ... on WorkItemWidgetLabels { type } }"
    assert cost(world, f"{{ {project} {{ workItems(first: 1) {{ nodes {{ {widgets} }} }} }} }}") == 5


def test_contract_too_complex_a_query_is_refused(ask: Ask) -> None:
    inner = "discussions { nodes { notes { nodes { body author { username } } } } }"
    many = " ".join(f"{name}: {inner}" for name in "abcdefg")
    query = f'{{ project(fullPath: "{PROJECT}") {{ mergeRequests {{ nodes {{ {many} }} }} }} }}'
    (error,) = ask(query)["errors"]
    assert error["message"].endswith(", which exceeds max complexity of 250")
    assert ask("{ queryComplexity { score limit } }")["data"] == {"queryComplexity": {"score": 3, "limit": 250}}


def test_what_is_wrong_with_a_query_is_said() -> None:
    world = a_world(an_issue(1))
    assert said(world, "{ project(")[0].startswith("Syntax Error")
    assert "Cannot query field 'wrong'" in said(world, "{ wrong }")[0]
    assert "Variable '$a'" in said(world, "query Q($a: ID!) { project(fullPath: $a) { id } }")[0]
    assert said(world, "{ " + "a" * 10_001 + " }") == ["Query too large"]
    bad = f'{{ project(fullPath: "{PROJECT}") {{ id issues(after: "nonsense") {{ nodes {{ iid }} }} }} }}'
    body = answer(world, READER, bad, {}, None).body
    assert body["errors"] == [{"message": "Please provide a valid cursor"}]
    assert body["data"]["project"]["issues"] is None
    assert data(world, '{ project(fullPath: "no/where") { id } }') == {"project": None}


def test_nobody_sees_a_lost_project_or_a_deleted_user() -> None:
    item = an_issue(1, author="nadia", assignees=("nadia", "ivo"))
    world = a_world((item, [Event(NOW, "nadia", "commented")]))
    query = f"""{{ project(fullPath: "{PROJECT}") {{ issues {{ nodes {{
      author {{ username }} assignees {{ nodes {{ username }} }}
      notes {{ nodes {{ author {{ username }} }} }} }} }} }} }}"""
    world.delete_user("nadia")
    assert data(world, query)["project"]["issues"]["nodes"] == [
        {
            "author": {"username": "ghost"},
            "assignees": {"nodes": [{"username": "ivo"}]},
            "notes": {"nodes": [{"author": {"username": "ghost"}}]},
        }
    ]
    world.lose(PROJECT)
    assert data(world, query) == {"project": None}
    assert data(world, '{ issues(assigneeUsernames: ["ivo"]) { nodes { iid } } }') == {"issues": {"nodes": []}}


def test_a_moved_issue_closes_and_names_the_new_one() -> None:
    world = a_world(an_issue(1), an_issue(5, project="gitlab-org/charts/gitlab"))
    target = world.move_issue(f"{PROJECT}#1", "gitlab-org/charts/gitlab", NOW)
    query = """query Both($refs: [String!]!, $in: ID) { workItemsByReference(refs: $refs, contextNamespacePath: $in) {
      nodes { reference(full: true) state movedToWorkItemUrl updatedAt } } }"""
    both: dict[str, Any] = {"refs": [f"{PROJECT}#1", target], "in": PROJECT}
    old, new = data(world, query, **both)["workItemsByReference"]["nodes"]
    assert (old["state"], new["state"]) == ("CLOSED", "OPEN")
    assert old["movedToWorkItemUrl"].endswith("/gitlab-org/charts/gitlab/-/issues/6")
    assert old["updatedAt"] == "2026-06-02T14:00:00Z"


def test_references_are_looked_up_ten_at_a_time_and_from_somewhere() -> None:
    world = a_world(an_issue(1))
    query = """query By($refs: [String!]!, $in: ID) { workItemsByReference(refs: $refs, contextNamespacePath: $in) {
      nodes { iid } } }"""
    many: dict[str, Any] = {"refs": [f"#{iid}" for iid in range(11)], "in": PROJECT}
    assert said(world, query, **many)[0].startswith("Number of references exceeds the limit")
    assert said(world, query, refs=["#1"])[0].startswith("The resource that you are attempting to access")


def test_pipelines_are_narrowed_by_branch_and_source() -> None:
    runs = (
        Pipeline(PROJECT, 1, "failed", NOW, source="schedule"),
        Pipeline(PROJECT, 2, "success", NOW, ref="19-0-stable"),
        Pipeline(PROJECT, 3, "success", NOW, ref="18-11-stable", source="schedule"),
    )
    world = World(Told((), Team(NOW, projects=(Project(PROJECT),), pipelines=runs)))
    query = f"""query Runs($ref: String, $source: String) {{ project(fullPath: "{PROJECT}") {{
      pipelines(ref: $ref, source: $source, scope: FINISHED) {{ nodes {{ ref source }} }} }} }}"""

    def told(**variables: str) -> list[tuple[str, str]]:
        found = data(world, query, **variables)["project"]["pipelines"]["nodes"]
        return [(node["ref"], node["source"]) for node in found]

    assert told() == [("18-11-stable", "schedule"), ("19-0-stable", "push"), ("main", "schedule")]
    assert told(source="schedule") == [("18-11-stable", "schedule"), ("main", "schedule")]
    assert told(source="push", ref="19-0-stable") == [("19-0-stable", "push")]
    assert told(source="schedule", ref="19-0-stable") == []


def test_names_of_branches_fit_their_pattern_a_few_at_a_time() -> None:
    refs = ("", "19-0-stable", "18-11-stable", "ivo/18-1-stable", "unstable-ish")
    runs = tuple(Pipeline(PROJECT, number, "success", NOW, ref=ref) for number, ref in enumerate(refs))
    world = World(Told((), Team(NOW, projects=(Project(PROJECT),), pipelines=runs)))
    query = f"""query Names($like: String!, $skip: Int!, $most: Int!) {{ project(fullPath: "{PROJECT}") {{
      repository {{ branchNames(searchPattern: $like, offset: $skip, limit: $most) }} }} }}"""

    def names(like: str, skip: int = 0, most: int = 9) -> list[str]:
        found: list[str] = data(world, query, like=like, skip=skip, most=most)["project"]["repository"]["branchNames"]
        return found

    assert names("*-stable") == ["18-11-stable", "19-0-stable", "ivo/18-1-stable"]
    assert names("*-stable", 1, 1) == ["19-0-stable"]
    assert names("*") == ["18-11-stable", "19-0-stable", "ivo/18-1-stable", "main", "unstable-ish"]
    assert names("stable") == []


def test_global_ids_stay_the_same() -> None:
    query = f'{{ project(fullPath: "{PROJECT}") {{ id issues {{ nodes {{ id }} }} }} }}'
    first = data(a_world(an_issue(1)), query)["project"]
    assert first == data(a_world(replace(an_issue(1), title="Another")), query)["project"]
