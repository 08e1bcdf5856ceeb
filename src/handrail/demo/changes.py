"""Which files a merge request changes, and what its description says: both as its kind of work would have it.

Nothing is drawn here: the number of a merge request chooses, so that these facts came later without moving the others.
What many share stands once.
"""

from handrail.demo.projects import CHARTS, CNG, OMNIBUS, OPERATOR
from handrail.demo.story import Story
from handrail.model.items import Section

Paths = tuple[str, ...]
Described = tuple[Section, ...]

_TESTED: dict[str, tuple[Paths, ...]] = {
    OMNIBUS: (
        ("files/gitlab-cookbooks/gitlab/attributes/default.rb", "spec/chef/cookbooks/gitlab/gitlab_rails_spec.rb"),
        ("files/gitlab-cookbooks/patroni/recipes/enable.rb", "spec/chef/cookbooks/patroni/recipes/patroni_spec.rb"),
        ("files/gitlab-cookbooks/package/libraries/helpers/shell_out_helper.rb",),
        ("files/gitlab-cookbooks/redis/templates/default/redis.conf.erb", "doc/settings/redis.md"),
    ),
    CHARTS: (
        ("templates/_helpers.tpl", "spec/configuration/global_spec.rb"),
        ("charts/registry/templates/deployment.yaml", "spec/configuration/registry_spec.rb"),
        ("charts/nginx-ingress/templates/controller-service.yaml",),
        ("spec/integration/upgrade_spec.rb", "doc/installation/upgrade.md"),
    ),
    OPERATOR: (
        ("controllers/gitlab/webservice.go", "controllers/gitlab/webservice_test.go"),
        ("controllers/gitlab_controller.go",),
    ),
}  # fmt: skip
"""Files that integration tests cover."""
_UNTESTED: dict[str, tuple[Paths, ...]] = {
    OMNIBUS: (("config/software/libxml2.rb",), ("config/software/curl.rb", "config/patches/curl/ldflags.patch")),
    CHARTS: (("values.yaml", "doc/charts/globals.md"), ("charts/gitlab/charts/kas/values.yaml",)),
    OPERATOR: (("config/rbac/role.yaml",), ("CHART_VERSIONS", "go.mod")),
}
"""Files that none covers: somebody has to say how a change of theirs is tested."""
_ELSEWHERE: tuple[Paths, ...] = (("Dockerfile",), ("ci_files/variables.yml", "README.md"))
_IMAGES: tuple[Paths, ...] = (
    ("gitlab-webservice/Dockerfile",),
    ("gitaly/Dockerfile", "gitaly/scripts/process-wrapper"),
)
_DOCS: Paths = ("doc/installation/index.md",)
_SAID: tuple[Section, ...] = tuple(Section("", words) for words in (18, 34, 52, 71))
_PLANS: tuple[Section, ...] = tuple(Section("test plan", words) for words in (14, 23, 41))
_PLAIN: tuple[Described, ...] = tuple((said,) for said in _SAID)
_PLANNED: tuple[Described, ...] = tuple((said, plan) for said in _SAID for plan in _PLANS)


def change(project: str, kind: str, story: Story, *, careful: bool = True) -> tuple[Paths, Described]:
    """The files, and the sections of the description: the ``careful`` say how they test what no test covers."""
    number = int(story.ref[story.ref.rfind("!") + 1 :])
    if "documentation" in story.labels:
        return _DOCS, _PLAIN[number % len(_PLAIN)]
    # Updates and the like touch what is built, other work mostly what is tested.
    untested = not careful or number % (3 if kind == "maintenance" else 7) == 0
    by_project = _UNTESTED if untested else _TESTED
    choices = by_project.get(project, _IMAGES if project == CNG else _ELSEWHERE)
    planned = untested and project in _UNTESTED and careful
    described = _PLANNED if planned else _PLAIN
    return choices[number % len(choices)], described[number % len(described)]
