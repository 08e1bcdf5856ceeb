"""Red branches from a GitLab to the finding: what `handrail sync` reads of pipelines is what the rule needs."""

from datetime import timedelta

import pytest

import standin
from handrail.demo import NOW, DemoTeam
from handrail.model.planning import Pipeline
from tests.cli.conftest import Run, SetUp

DEMO = DemoTeam(300)
CNG, EXPORTER, OMNIBUS = "gitlab-org/build/CNG", "gitlab-org/gitlab-exporter", "gitlab-org/omnibus-gitlab"


def found(run: Run, *place: str) -> set[tuple[str, str]]:
    findings = run(*place, "findings", "--rule", "red_default_branch", "--json").json
    return {(one["code"], one["subject"]) for one in findings}


def test_what_is_red_is_found_after_a_sync_as_it_is_in_the_facts(
    run: Run, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standin.running(DEMO) as gitlab:
        set_up({"people": dict(DEMO.team().people)}, NOW, gitlab=gitlab, writes=False)
        assert run("sync").code == 0
        read = found(run)
        assert read == found(run, "--demo")
        assert {
            ("stable-red", f"{OMNIBUS}@19-0-stable"),
            ("scheduled-red", f"{CNG}@master"),
            ("flaky", f"{EXPORTER}@master"),
        } <= read
        # The stable branch is mended, and the night after this one is green.
        later = NOW + timedelta(hours=12)
        green = [
            Pipeline(path, 9_000_000, "success", later, ref=ref, source=source)
            for path, ref, source in ((OMNIBUS, "19-0-stable", "push"), (CNG, "master", "schedule"))
        ]
        gitlab.world.run(green)
        gitlab.world.now = later
        monkeypatch.setenv("HANDRAIL_NOW", later.isoformat())
        assert run("sync").code == 0
        assert {code for code, _ in found(run)} & {"stable-red", "scheduled-red", "flaky"} == {"flaky"}
