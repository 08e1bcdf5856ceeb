"""What queues have of what is no item on GitLab, and whom a finding of triage concerns."""

from handrail.model.asked import Asked
from handrail.model.queue import Kept, TriageFinding
from handrail.testing import NOW, an_issue


def test_a_request_about_no_item_is_called_by_its_number() -> None:
    asked = Asked("503 in two regions", "incident", "sam", NOW, id=7, links=("https://chat.example/1", "x"))
    kept = Kept(asked)
    assert (kept.ref, kept.title, kept.web_url) == ("request 7", "503 in two regions", "https://chat.example/1")
    assert Kept(Asked("503", "incident", "sam", NOW)).web_url is None


def test_what_lacks_something_concerns_who_wrote_it_and_who_has_it() -> None:
    found = TriageFinding(an_issue(1, author="ada", assignees=("nadia",)), ("a type",), "triage.labels")
    assert [found.concerns(name) for name in ("ada", "nadia", "ivo")] == [True, True, False]
