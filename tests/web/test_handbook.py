"""The handbook's pages: every clause with what keeps it, the rules, and each setting with where it is stated."""

import re
from dataclasses import replace
from pathlib import Path

from litestar.testing import TestClient

from handrail.engine.live import Live
from handrail.handbook.load import load
from handrail.rules.catalogue import rules as catalogue
from handrail.rules.catalogue import whole_handbook
from handrail.views.handbook import Stated
from handrail.web.app import application
from handrail.worktime.public_holidays import public_holidays
from tests.web.conftest import Client, Served


def test_every_clause_has_its_anchor_and_what_keeps_it(client: Client, served: Served) -> None:
    page = client.get("/handbook").text
    assert re.findall(r'<li id="([^"]+)"', page) == [*served.handbook.clauses]
    assert "left to people</span>: Kindness is not a rule" in page
    assert '<a href="/handbook/rules#test_plans">' in page
    assert "<code>handrail redirect</code>" in page


def test_whatever_cites_a_clause_or_a_rule_leads_to_it(client: Client, served: Served) -> None:
    cited = {
        clause
        for path in ("/handbook/rules", "/handbook/table", "/milestone", "/quarter")
        for clause in re.findall(r'href="/handbook#([^"]+)"', client.get(path).text)
    }
    assert len(cited) > 50
    assert cited <= {*served.handbook.clauses}
    named = {*re.findall(r'href="/handbook/rules#([^"]+)"', client.get("/handbook").text)}
    shown = re.findall(r'class="card rule" id="([^"]+)"', client.get("/handbook/rules").text)
    assert named <= {*shown} == {*catalogue()}


def test_clauses_are_chosen_by_who_keeps_them(client: Client, served: Served) -> None:
    left = [name for name, clause in served.handbook.clauses.items() if clause.person]
    assert re.findall(r'<li id="([^"]+)"', client.get("/handbook?kept=person").text) == left
    answer = client.get("/handbook?kept=magic")
    assert (answer.status_code, "choose one of does, helps" in answer.text) == (404, True)


def test_each_setting_says_which_file_states_it_and_on_which_line(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    file.write_text(
        "team:\n  name: Ours\nrules:\n  reviewers:\n    mode: report\n    limit: 3\n  test_plans: {mode: 'off'}\n"
    )
    book = replace(load(file, whole_handbook()), people=served.handbook.people)
    live = Live(served.store, lambda: book, public_holidays, served.serving.now)
    serving = replace(served.serving, live=live, stated=Stated(file))
    with TestClient(application(serving), "http://127.0.0.1") as client:
        found = " ".join(client.get("/handbook/rules").text.split())
        assert '<span class="mode report">report</span><small>team.yml, line 5; keeps' in found
        assert "<dt>limit</dt> <dd><code>3</code> <small>team.yml, line 6</small>" in found
        assert '<span class="mode off">off</span><small>team.yml, line 7;' in found
        assert re.search(r"<dt>limits</dt> <dd><code>–</code> <small>as bundled, line \d+</small>", found)
        found = " ".join(client.get("/handbook/settings").text.split())
        assert "<dt>name</dt> <dd><code>Ours</code> <small>team.yml, line 2</small>" in found
        assert "<dt>hours</dt> <dd><code>09:00-17:00</code> <small>built in</small>" in found
        assert "<dt>nadia</dt><dd>Nadia, engineer <small>build</small> <small>as GitLab knows them</small>" in found
        assert re.search(r"<dt>rules</dt>|id=\"clauses\"", found) is None
