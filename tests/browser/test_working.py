"""People at work: what one does is seen by the others, by hand and by keys."""

from playwright.sync_api import expect

from handrail.model.actions import AddLabels
from tests.browser.conftest import Site


def test_a_review_that_is_picked_up_leaves_another_persons_queue_live(site: Site) -> None:
    mara, nadia = site.come("mara"), site.come("nadia")
    queue = site.served.serving.live.view().queue
    both = {entry.item.ref for entry in queue.rank("mara")} & {entry.item.ref for entry in queue.rank("nadia")}
    entry = next(one for one in queue.rank("nadia") if one.do == "pick up for review" and one.item.ref in both)
    row = f'[data-ref="{entry.item.ref}"]'
    mara.goto("/")
    nadia.goto("/")
    expect(mara.locator(row)).to_have_count(1)
    nadia.locator(row).get_by_role("button", name="Take it").click()
    expect(nadia.locator(".notice.done")).to_contain_text("Done")
    expect(mara.locator(row)).to_have_count(0)
    item = site.served.gitlab.world.entries[entry.item.ref].item
    assert "nadia" in [one.username for one in item.reviewers]  # type: ignore[union-attr]


def test_a_plan_is_approved_in_part(site: Site) -> None:
    page = site.come("mara")
    actions = site.served.serving.live.view().evaluation.plan.actions
    action = next(one for one in actions if isinstance(one.change, AddLabels))
    page.goto("/changes")
    box = page.locator(f"#do-{action.key}")
    if not box.is_visible():
        box.locator("xpath=ancestor::details").locator("summary").click()
    box.check()
    page.get_by_role("button", name="Do what is ticked").click()
    expect(page.locator("tr.new")).not_to_have_count(0)
    expect(page.locator(f"#do-{action.key}")).to_have_count(0)
    assert isinstance(action.change, AddLabels)
    assert set(action.change.labels) <= set(site.served.gitlab.world.entries[action.subject].item.labels)


def test_what_comes_while_a_page_loads_is_shown(site: Site) -> None:
    page, live = site.come("nadia"), site.served.serving.live
    page.route("**/events*", lambda route: (live.refresh(), route.continue_()))
    page.goto("/")
    expect(page.locator("#main")).to_have_attribute("data-view", str(live.view().number))
    assert live.view().number > 1


def test_pages_that_nobody_sees_keep_no_other_waiting(site: Site) -> None:
    first = site.come("nadia")
    first.context.add_init_script("""
        let hidden = true;
        Object.defineProperty(document, "hidden", { get: () => hidden });
        window.show = () => { hidden = false; document.dispatchEvent(new Event("visibilitychange")); };
    """)
    pages = [first, *(first.context.new_page() for _ in range(7))]  # a browser has six connections to a site
    for page in pages:
        page.goto("/requests", timeout=10_000)
    live = site.served.serving.live
    live.refresh()
    first.evaluate("show()")
    expect(first.locator("#main")).to_have_attribute("data-view", str(live.view().number))
    expect(pages[1].locator("#main")).to_have_attribute("data-view", str(live.view().number - 1))


def test_a_server_that_is_away_is_said(site: Site) -> None:
    page = site.come("nadia")
    page.goto("/")
    page.route("**/?later=**", lambda route: route.abort())
    page.get_by_role("link", name="Snooze").first.click()
    expect(page.locator("#notice")).to_contain_text("Handrail cannot be reached")
    page.unroute("**/?later=**")
    page.get_by_role("link", name="Snooze").first.click()
    expect(page.get_by_label("Because")).to_be_visible()
    expect(page.locator("#notice")).to_be_empty()
    assert all("htmx:" in one or "net::ERR_FAILED" in one for one in site.said)
    site.said.clear()


def test_a_half_written_form_is_not_swapped_away(site: Site) -> None:
    page = site.come("nadia")
    page.goto("/")
    page.get_by_role("link", name="Snooze").first.click()
    reason = page.get_by_label("Because")
    reason.fill("waits for")
    before = page.locator("#main").get_attribute("data-view")
    site.served.serving.live.refresh()
    page.wait_for_timeout(1_500)
    expect(reason).to_have_value("waits for")
    assert page.locator("#main").get_attribute("data-view") == before


def test_keys_are_enough(site: Site) -> None:
    page = site.come("nadia")
    page.goto("/")
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("row chosen")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("row chosen")
    ref = rows.nth(0).get_attribute("data-ref")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/**")
    assert ref is not None
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("redis")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=redis")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/changes")


def test_the_theme_stays_as_somebody_chose_it(site: Site) -> None:
    page = site.come("nadia", color_scheme="light")
    page.goto("/")
    page.get_by_role("button", name="Dark or light").click()
    page.goto("/changes")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 23, 26)"


def test_pages_work_without_scripts(site: Site) -> None:
    page = site.come("nadia", java_script_enabled=False)
    page.goto("/")
    row = page.locator("[data-row]").filter(has=page.get_by_role("button", name="Take it")).first
    ref = row.get_attribute("data-ref")
    row.get_by_role("button", name="Take it").click()
    expect(page.locator(".notice.done")).to_contain_text("Done")
    records = site.served.store.journal.records(ref)
    assert [one.approver for one in records if one.state == "confirmed"][:1] == ["nadia"]


def test_what_did_not_work_is_said_and_stays_to_be_read(site: Site) -> None:
    page = site.come("mara")
    page.goto("/changes")
    page.evaluate("scrollTo(0, 300)")
    page.get_by_role("button", name="Do what is ticked").dispatch_event("click")
    said = page.locator("#notice")
    expect(said).to_contain_text("tick what is to be done")
    expect(said).to_be_in_viewport()
    before = page.locator("#main").get_attribute("data-view")
    site.served.serving.live.refresh()
    expect(page.locator("#main")).not_to_have_attribute("data-view", str(before))
    expect(said).to_contain_text("tick what is to be done")
    assert all("409" in one for one in site.said)
    site.said.clear()


def test_a_page_that_renews_itself_leaves_open_what_is_open_and_the_focus_where_it_is(site: Site) -> None:
    page = site.come("mara")
    page.goto("/changes")
    group = page.locator("details.group:not([open])").first
    name = group.get_attribute("id")
    group.locator("summary").click()
    link = page.locator(f"#{name} [data-row] a").first
    link.focus()
    before = page.locator("#main").get_attribute("data-view")
    site.served.serving.live.refresh()
    expect(page.locator("#main")).not_to_have_attribute("data-view", str(before))
    expect(page.locator(f"#{name}")).to_have_attribute("open", "")
    expect(link).to_be_focused()
