"""What a reader asked of a GitLab, request by request, and what each request was for."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from standin.app import Logged

ISSUES, MERGE_REQUESTS, EPICS = "issues", "merge_requests", "epics"
HISTORIES = "histories"
"""The label and milestone events of single merge requests."""
AROUND, ELSEWHERE, COMPARISON = "around", "elsewhere", "comparison"
_LISTINGS = {"WorkItems": ISSUES, "MergeRequests": MERGE_REQUESTS}


class Asked(Struct, frozen=True, omit_defaults=True):
    """One request: GraphQL's operation, or REST's path."""

    operation: str = ""
    path: str = ""
    place: str = ""
    """The project or group that the operation is about."""
    epics: bool = False
    by_number: bool = False
    """Whether single items were asked for."""


def asked(request: Logged) -> Asked:
    """What counts of a request."""
    if not request.operation:
        return Asked(path=request.path)
    return Asked(
        request.operation,
        place=str(request.variables.get("path") or ""),
        epics=request.variables.get("types") == ["EPIC"],
        by_number="iids" in request.variables,
    )


def what_for(requests: Iterable[Asked]) -> Counter[tuple[str, str]]:
    """How many requests each source and purpose took; the purposes are the names above.

    A listing says what is being read. Whatever is asked until the next one belongs to it too (long discussions, the
    names of labels, who is a bot), but for the histories of single merge requests. ``requests`` are in their order.
    """
    counts: Counter[tuple[str, str]] = Counter()
    current = "", AROUND
    for request in requests:
        current = _turn(request) or current
        source, purpose = current
        single = request.path.endswith(("/resource_label_events", "/resource_milestone_events"))
        counts[source, HISTORIES if single and purpose == MERGE_REQUESTS else purpose] += 1
    return counts


def _turn(request: Asked) -> tuple[str, str] | None:
    """The source and purpose that begin with the request; None where it goes on with what was before."""
    name = request.operation.removeprefix("Project").removeprefix("Group")
    if name in {"Instance", "Surroundings"}:
        return request.place, AROUND
    if name == "Elsewhere" or (request.by_number and name in _LISTINGS):
        return "", ELSEWHERE
    if name.removeprefix("Open") in _LISTINGS and name.startswith("Open"):
        return request.place, COMPARISON
    if name in _LISTINGS:
        return request.place, EPICS if request.epics else _LISTINGS[name]
    return None
