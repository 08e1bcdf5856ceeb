"""A repository of software definitions at the tags of releases, in the forms in which they have been written."""

from collections.abc import Mapping, Sequence

from handrail.support.versions import order

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
    at = order(milestone)
    if at < order("15.5"):
        return _file("ruby", f"default_version '{version}'\n")
    if at < order("15.8"):
        switch = "if Gitlab::Util.get_env('OTHER') == 'true'\n  default_version '95.3.1'\nelse\n  # See the guide\n"
        return _file("ruby", f"{switch}  default_version '{version}'\nend\n")
    if at < order("19.3"):
        given = "" if at < order("16.7") else "Gitlab::Util.get_env('RUBY_VERSION') || "
        stated = f"current_ruby_version = {given}'{version}'\nnext_ruby_version = {given}'95.3.1'\n"
        return _file("ruby", f"{stated}if nightly?\n  default_version next_ruby_version\nelse\n"
                             "  default_version current_ruby_version\nend\n")  # fmt: skip
    stated = "ruby_versions = Gitlab::Version.new('ruby')\ncurrent_ruby_version = ruby_versions.fetch('current')\n"
    data = f"---\nruby:\n  current: {version}\n  next: 95.3.1\nlibffi:\n  version: 94.2.1\n"
    return {**_file("ruby", stated), _DATA: data}


def _file(name: str, stated: str) -> dict[str, str]:
    return {f"config/software/{name}.rb": f"{_HEAD.format(name)}{stated}{_TAIL}"}
