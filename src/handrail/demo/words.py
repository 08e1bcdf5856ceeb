"""Titles, put together from the words of the team's trade."""

from random import Random
from typing import NamedTuple

from handrail.demo import projects as p


class Titles(NamedTuple):
    """What a project's titles are made of. ``{part}`` and ``{version}`` are filled in."""

    parts: tuple[str, ...]
    feature: tuple[str, ...]
    maintenance: tuple[str, ...]
    bug: tuple[str, ...]


def _list(text: str) -> tuple[str, ...]:
    """What stands between the semicolons."""
    return tuple(" ".join(part.split()) for part in text.split(";"))


_OMNIBUS = Titles(
    parts=_list(
        """
        PostgreSQL; PgBouncer; Patroni; Redis; NGINX; Puma; Sidekiq; Gitaly; Mattermost; Registry; Consul; Praefect;
        GitLab KAS; Let's Encrypt; Logrotate
        """
    ),
    feature=_list(
        """
        Let {part} listen on a Unix socket; Add a setting for {part} timeouts; Read {part} secrets from a command;
        Package {part} for ARM64 on AlmaLinux; Offer FIPS builds with {part}; Rotate {part} certificates on
        reconfigure
        """
    ),
    maintenance=_list(
        """
        Move {part} to its own cookbook; Drop a deprecated {part} setting; Rework the {part} specs; Sign packages
        that bundle {part} with the new key; Shrink the {part} build by stripping symbols; Cache the {part} source
        in CI
        """
    ),
    bug=_list(
        """
        Fix {part} restarts on every reconfigure; {part} logs are rotated twice; Upgrade check misses a running
        {part}; {part} socket has the wrong owner after a restore; reconfigure fails where {part} is disabled
        """
    ),
)
_CHARTS = Titles(
    parts=_list(
        """
        webservice; sidekiq; gitaly; toolbox; kas; registry; gitlab-shell; migrations; praefect; spamcheck; the
        Ingress; the Gateway; shared-secrets
        """
    ),
    feature=_list(
        """
        Allow topology spread constraints for {part}; Support Gateway API routes for {part}; Let {part} use workload
        identity; Add a startup probe to {part}; Make the {part} service account optional; Scale {part} on queue
        length
        """
    ),
    maintenance=_list(
        """
        Template {part} labels in one place; Cover {part} with schema checks; Remove the old {part} values; Run
        {part} specs against Kubernetes {version}; Document sizing of {part}
        """
    ),
    bug=_list(
        """
        {part} ignores extraEnvFrom; Fix {part} rollout when TLS is off; {part} mounts a secret that does not exist;
        Pod disruption budget of {part} blocks node drains; {part} annotations are rendered twice
        """
    ),
)
_IMAGES = Titles(
    parts=_list(
        """
        gitlab-webservice; gitlab-sidekiq; gitaly; gitlab-toolbox; gitlab-base; kubectl; gitlab-exporter;
        gitlab-mailroom
        """
    ),
    feature=_list(
        """
        Build {part} on UBI 9; Publish an SBOM for {part}; Let {part} run with a read-only root; Offer {part} for
        ARM64
        """
    ),
    maintenance=_list(
        """
        Share the build stage of {part}; Pin base image digests of {part}; Trim layers of {part}; Rebuild {part}
        nightly
        """
    ),
    bug=_list(
        """
        {part} image lacks the tzdata files; Fix the entry point of {part}; {part} fails on clusters with random
        user ids
        """
    ),
)
_OPERATOR = Titles(
    parts=_list(
        """
        the GitLab resource; the upgrade controller; the webhook; the bundle; RBAC manifests; the backup job
        """
    ),
    feature=_list(
        """
        Report conditions on {part}; Let {part} watch several namespaces; Support OpenShift 4.{version} in {part}
        """
    ),
    maintenance=_list(
        """
        Update controller-runtime for {part}; Split tests of {part}; Generate {part} from one source
        """
    ),
    bug=_list(
        """
        {part} loops when a chart version is missing; Fix ownership of {part} after upgrades; {part} is reconciled
        too often
        """
    ),
)
_TOOLS = Titles(
    parts=_list(
        """
        builder images; the metrics probe; the release index; Ruby in the images; the Debian 13 builder; the cache
        step
        """
    ),
    feature=_list(
        """
        Add Debian 13 to {part}; Expose slow queries in {part}; List checksums in {part}
        """
    ),
    maintenance=_list(
        """
        Update {part}; Clean old layers of {part}; Move {part} to shared CI components
        """
    ),
    bug=_list(
        """
        Fix {part} on ARM64; {part} leaks a connection; {part} misses the newest tag
        """
    ),
)
_TASKS = Titles(
    parts=_list(
        """
        dependency policy; the staging cluster; partner certification; license review; CI cost; package mirrors; the
        upgrade test matrix
        """
    ),
    feature=_list(
        """
        Plan next steps for {part}; Define success criteria for {part}; Offer self-service for {part}
        """
    ),
    maintenance=_list(
        """
        Review {part} for the quarter; Renew access for {part}; Write down how we run {part}; Retire unused runners
        of {part}
        """
    ),
    bug=_list(
        """
        Broken dashboard for {part}; Alerts of {part} go to the wrong channel
        """
    ),
)
_RAILS = Titles(
    parts=_list(
        """
        Geo secondary; object storage; the health endpoint; package settings; backup archives; database timeouts
        """
    ),
    feature=_list(
        """
        Let administrators choose {part}; Show state of {part}; Encrypt {part}
        """
    ),
    maintenance=_list(
        """
        Move {part} checks to a service; Remove the flag of {part}
        """
    ),
    bug=_list(
        """
        Fix {part} behind a relative URL; {part} times out on large instances
        """
    ),
)
_BY_PROJECT = {
    p.OMNIBUS: _OMNIBUS, p.CHARTS: _CHARTS, p.CNG: _IMAGES, p.OPERATOR: _OPERATOR, p.TASKS: _TASKS, p.GITLAB: _RAILS,
}  # fmt: skip
_BUMPED = _list(
    """
    libxml2; OpenSSL; curl; rsync; jemalloc; Redis; PostgreSQL; Chef; Grafana agent; zlib; libarchive; golang;
    Alpine; registry; exiftool; kubectl; Helm; gomplate; cert-manager; Consul; rubygems; prometheus
    """
)
_EPICS = _list(
    """
    Zero-downtime upgrades, next steps; FIPS builds for every platform; Gateway API instead of Ingress; Smaller
    packages; PostgreSQL 18 support; Operator as the way to run on OpenShift; SBOMs for packages and images;
    Kubernetes support window; Reproducible builds; Debian 13 and SLES 16 packages; One pipeline for all images;
    Sunset of bundled Mattermost
    """
)


def work_title(rng: Random, project: str, kind: str) -> str:
    """A title for a feature, maintenance or bug of the project."""
    titles = _BY_PROJECT.get(project, _TOOLS)
    choices = titles.bug if kind == "bug" else titles.feature if kind == "feature" else titles.maintenance
    title = choices[int(rng.random() * len(choices))]
    part = titles.parts[int(rng.random() * len(titles.parts))]
    if "{version}" in title:
        title = title.replace(
            "{version}",
            f"1.{30 + int(rng.random() * 6)}" if project == p.CHARTS else str(14 + int(rng.random() * 7)),
        )
    title = title.replace("{part}", part)
    return title[0].upper() + title[1:] if title.startswith("the ") else title


def bump_title(rng: Random) -> str:
    """A dependency update as the bot titles it."""
    name = _BUMPED[int(rng.random() * len(_BUMPED))]
    major, minor, patch = 1 + int(rng.random() * 8), int(rng.random() * 20), int(rng.random() * 10)
    return f"Update {name} to {major}.{minor}.{patch}"


def epic_title(rank: int) -> str:
    """An epic's title; from the second time round with its part."""
    turn, at = divmod(rank, len(_EPICS))
    return f"{_EPICS[at]}, part {turn + 1}" if turn else _EPICS[at]
