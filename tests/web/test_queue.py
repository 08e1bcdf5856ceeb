import re
from dataclasses import replace
from datetime import timedelta

from litestar.testing import TestClient

from handrail.demo import NOW
from handrail.model.journal import Snooze
from handrail.web.app import application
from tests.web.conftest import Client, Served, form


def test_the_queue_is_in_the_handbooks_order(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    shown = re.findall(r'data-row data-ref="([^"]+)"', client.get("/").text)
    assert shown == [entry.item.ref for entry in served.serving.live.view().queue.rank("nadia")]
    assert len(shown) > 3


def test_taking_a_row_changes_gitlab_and_everybodys_queue(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    queue = served.serving.live.view().queue
    free = next(entry.item.ref for entry in queue.rank("nadia") if entry.do == "pick up")
    answer = form(client, "/take", ref=free)
    assert answer.status_code == 303, answer.text
    assert (answer.status_code, answer.headers["location"][:6]) == (303, "/?did=")
    assert "nadia" in served.gitlab.world.entries[free].item.assignees
    assert "Undo" in client.get(answer.headers["location"]).text
    assert free not in [entry.item.ref for entry in served.serving.live.view().queue.rank("mara")]
    assert "is not in your queue any more" in form(client, "/take", ref="gitlab-org/none#1").text


def test_while_gitlab_is_away_a_click_says_so_soon_and_changes_nothing(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    free = next(entry.item.ref for entry in served.serving.live.view().queue.rank("nadia") if entry.do == "pick up")
    served.gitlab.fail("status", times=None, status=503, retry_after=60)
    served.gitlab.requests.clear()
    answer = form(client, "/take", ref=free)
    assert "GitLab does not answer at the moment, so nothing was changed" in answer.text
    assert len(served.gitlab.requests) == 1, "nobody waits for a minute on a page"
    served.gitlab.heal()
    assert served.gitlab.world.entries[free].item.assignees == ()
    assert form(client, "/take", ref=free).status_code == 303, "the next click does it"


def test_what_cannot_be_done_without_a_gitlab_is_not_offered(client: Client, served: Served) -> None:
    offers = {"/": "Take it", "/changes": "Do what is ticked", "/milestone": "Take it"}
    form(client, "/as", username="nadia")
    bare = replace(served.serving, why_not="There is no GitLab here.")
    with TestClient(application(bare), "http://127.0.0.1") as alone:
        form(alone, "/as", username="nadia")
        for path, offer in offers.items():
            page = alone.get(path).text
            assert (page.count("There is no GitLab here."), offer in page) == (1, False)
            assert offer in client.get(path).text
        assert "nothing runs" in alone.get("/jobs").text
        assert "never run" not in alone.get("/jobs").text


def test_what_is_snoozed_is_out_of_ones_own_queue_only(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    later = next(entry.item.ref for entry in served.serving.live.view().queue.rank("nadia") if entry.level)
    assert "Say why it can wait" in form(client, "/snooze", ref=later, until="2026-06-05").text
    assert "choose a later day" in form(client, "/snooze", ref=later, until="2026-06-02", because="no").text
    assert form(client, "/snooze", ref=later, until="2026-06-05", because="waits for upstream").status_code == 303
    page = client.get("/").text
    assert (f'data-ref="{later}"' in page, "waits for upstream" in page) == (False, True)
    form(client, "/wake", ref=later)
    assert f'data-ref="{later}"' in client.get("/").text


def test_what_comes_back_says_why_it_was_put_off(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    later = next(entry.item.ref for entry in served.serving.live.view().queue.rank("nadia") if entry.level)
    served.store.said.snooze(Snooze("nadia", later, NOW, "waits for upstream", NOW - timedelta(days=2)))
    assert "You had snoozed it: waits for upstream" in client.get("/").text
    assert "waits for upstream" not in client.get("/?of=mara").text
    served.store.said.snooze(Snooze("nadia", later, NOW - timedelta(days=8), "waits for upstream", NOW))
    assert "waits for upstream" not in client.get("/").text


def test_a_step_with_one_item_makes_nothing_else_anew(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    before = served.serving.live.view()
    free = next(entry.item.ref for entry in before.queue.rank("nadia") if entry.do == "pick up")
    assert form(client, "/take", ref=free).status_code == 303
    after = served.serving.live.view()
    assert (before.snapshot.by_ref[free].assignees, after.snapshot.by_ref[free].assignees) == ((), ("nadia",))
    assert after.snapshot.calendars is before.snapshot.calendars


def test_a_forged_form_is_refused(client: Client, served: Served) -> None:
    client.get("/")
    free = next(entry.item.ref for entry in served.serving.live.view().queue.rank("nadia") if entry.do == "pick up")
    assert client.post("/take", data={"ref": free}).status_code == 403
    assert client.post("/take", data={"ref": free, "_csrf_token": "made up"}).status_code == 403
    assert served.gitlab.world.entries[free].item.assignees == ()


def test_files_are_sent_compressed_and_pages_as_they_are(client: Client) -> None:
    sheet = client.get("/static/handrail.css")
    assert sheet.headers["content-encoding"] == "gzip"
    assert int(sheet.headers["content-length"]) < len(sheet.content) / 3
    for path in ("/", "/api/v1/queue", "/none"):
        assert "content-encoding" not in client.get(path).headers, "the length would tell of the token of its forms"


def test_every_answer_keeps_scripts_of_others_out(client: Client) -> None:
    for path in ("/", "/team", "/none", "/static/handrail.css", "/?of=nobody"):
        assert "script-src 'self'" in client.get(path).headers["content-security-policy"]
        assert "unsafe" not in client.get(path).headers["content-security-policy"]


def test_every_page_says_what_was_not_read(client: Client, served: Served) -> None:
    served.serving.live.view()
    assert "How it goes" not in client.get("/").text
    served.serving.live.unread = "GitLab could not be read."
    assert all("GitLab could not be read. <a" in client.get(path).text for path in ("/", "/clocks", "/handbook"))
