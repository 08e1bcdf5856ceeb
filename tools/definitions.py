"""A repository of software definitions at the tags of releases, in the forms in which they have been written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from handrail.model.facts import Team
from handrail.worktime import release_calendar

Versions = Mapping[str, str | Sequence[str]]
"""By component its version; of PostgreSQL one of each major."""
_HEAD = "#\n# Copyright:: Example\n#\n\n# Stays below 99.9.9, see 98.7.6\nname '{}'\n"
_TAIL = "\nlicense 'MIT'\n\nversion('97.5.3') { source sha256: '0a1b2c3d4e5f' }\nbuild do\n  make 'install'\nend\n"
_TAGS = {
    "alertmanager": "v{}",
    "consul": "v{}",
    "curl": "curl-{}",
    "nginx": "release-{}",
    "pgbouncer": "pgbouncer_{}",
    "registry": "v{}-gitlab",
}
"""What is built from a repository of its own, by how its tags are named, if other than by the version alone."""
_BY_TAG = (
    *_TAGS, "grafana", "node-exporter", "pgbouncer-exporter", "postgres-exporter", "prometheus", "redis",
    "redis-exporter", "valkey",
)  # fmt: skip
_DATA = "config/software_versions.yml"


def files(milestone: str, versions: Versions) -> dict[str, str]:
    """The files of the release of a milestone, by path."""
    found: dict[str, str] = {"CHANGELOG.md": "- Update everything to 96.4.2\n"}
    for name, version in versions.items():
        if name == "ruby":
            found |= _ruby(milestone, str(version))
        elif name == "postgresql":
            suffixes = {1: [""], 2: ["", "_new"], 3: ["_old", "", "_new"]}[len(version)]
            for suffix, one in zip(suffixes, version, strict=True):
                found |= _file(f"{name}{suffix}", f"default_version '{one}'\n")
        elif name in _BY_TAG:
            sign = "_" if name in {"curl", "pgbouncer"} else "."
            tag = _TAGS.get(name, "{}").format(str(version).replace(".", sign))
            found |= _file(
                name, f"version = Gitlab::Version.new('{name}', '{tag}')\ndefault_version version.print(false)\n"
            )
        else:
            found |= _file(name, f"default_version '{version}'\n")
    return found


def _ruby(milestone: str, version: str) -> dict[str, str]:
    """What changed most: one version; another one behind a switch; the next one beside it; at last a file of data."""
    at = _numbers(milestone)
    if at < (15, 5):
        return _file("ruby", f"default_version '{version}'\n")
    if at < (15, 8):
        switch = "if Gitlab::Util.get_env('OTHER') == 'true'\n  default_version '95.3.1'\nelse\n  # See the guide\n"
        return _file("ruby", f"{switch}  default_version '{version}'\nend\n")
    if at < (19, 3):
        given = "" if at < (16, 7) else "Gitlab::Util.get_env('RUBY_VERSION') || "
        stated = f"current_ruby_version = {given}'{version}'\nnext_ruby_version = {given}'95.3.1'\n"
        return _file("ruby", f"{stated}if nightly?\n  default_version next_ruby_version\nelse\n"
                             "  default_version current_ruby_version\nend\n")  # fmt: skip
    stated = "ruby_versions = Gitlab::Version.new('ruby')\ncurrent_ruby_version = ruby_versions.fetch('current')\n"
    data = f"---\nruby:\n  current: {version}\n  next: 95.3.1\nlibffi:\n  version: 94.2.1\n"
    return {**_file("ruby", stated), _DATA: data}


def _file(name: str, stated: str) -> dict[str, str]:
    return {f"config/software/{name}.rb": f"{_HEAD.format(name)}{stated}{_TAIL}"}


# --- the repositories of a team whose support is known ------------------------------------------------------

OMNIBUS, CHARTS = "gitlab-org/omnibus-gitlab", "gitlab-org/charts/gitlab"
_JOBS = {
    "almalinux": "AlmaLinux-{}",
    "amazon-linux": "AmazonLinux-{}",
    "debian": "Debian-{}",
    "opensuse": "OpenSUSE-{}",
    "sles": "SLES-{}",
    "ubuntu": "Ubuntu-{}",
}
_NAMED = {"python": "python3"}
_BESIDES = {
    "curl": "8.18.0",
    "gitlab-exporter": "16.7.0",
    "node-exporter": "1.9.1",
    "patroni": "3.3.1",
    "pgbouncer-exporter": "0.11.0",
    "postgres-exporter": "0.19.1",
    "redis-exporter": "1.79.0",
    "registry": "4.39.0",
}
"""What is bundled besides, and no facts tell of."""
_BUNDLED = frozenset({*_BY_TAG, "curl", "gitlab-exporter", "patroni", "postgresql", "python", "ruby"})


def repositories(team: Team, first: str = "16.0") -> dict[str, dict[str, dict[str, str]]]:
    """The repositories that prove what the team supports, at the tags of its releases from the ``first`` on."""
    omnibus: dict[str, dict[str, str]] = {}
    charts: dict[str, dict[str, str]] = {}
    there: dict[str, set[str]] = {}
    for title in _released(team.now.date()):
        for one in team.support:
            if one.milestone == title:
                versions = there.setdefault(one.product, set())
                (versions.discard if one.absent else versions.add)(one.release)
        if _numbers(title) >= _numbers(first):
            known = {name: sorted(versions, key=_numbers) for name, versions in there.items() if versions}
            omnibus[f"{title}.0+ee.0"] = {**files(title, _bundled(title, known)), **_jobs(known)}
            major, minor = _numbers(title)
            charts[f"v{major - 9}.{minor}.0"] = _clusters(known.get("kubernetes", ()))
    return {OMNIBUS: omnibus, CHARTS: charts}


def _released(today: date) -> Iterator[str]:
    """The versions that were out, as the published calendar has them."""
    title: str | None = "13.0"
    while title and (found := release_calendar.milestone(title)) and found.release <= today:
        yield title
        title = release_calendar.next_title(title)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def _bundled(title: str, there: Mapping[str, Sequence[str]]) -> Versions:
    """Of what is bundled the newest version, of PostgreSQL those of up to three majors."""
    whole = {name: [_whole(one) for one in versions] for name, versions in there.items()}
    left = {"grafana": "7.5.17"} if _numbers(title) < (16, 3) else {}
    return (
        _BESIDES
        | left
        | {
            _NAMED.get(name, name): versions[-3:] if name == "postgresql" else versions[-1]
            for name, versions in whole.items()
            if name in _BUNDLED
        }
    )


def _whole(version: str) -> str:
    return version if "." in version else f"{version}.0"


def _jobs(there: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names = [_JOBS[name].format(one) for name, versions in there.items() if name in _JOBS for one in versions]
    jobs = "".join(f"{name}-branch:\n  extends: .branch\n{name}:\n  extends: .tag\n" for name in names)
    return {"gitlab-ci-config/dev-gitlab-org.yml": f"Docker:\n  extends: .docker\n{jobs}"}


def _clusters(versions: Sequence[str]) -> dict[str, str]:
    if not versions:
        return {}
    head = "| Kubernetes release | Status |\n|--------------------|--------|\n| 1.99 | In development |\n"
    rows = "".join(f"| {version} | Supported |\n" for version in reversed(versions))
    return {"doc/installation/cloud/_index.md": f"{head}{rows}| 1.9 | Unsupported |\n"}
