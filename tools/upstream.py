"""What the demo team knows of others' releases, as those who publish them would say it."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from handrail.handbook.support import Product
from handrail.model.facts import Team
from handrail.model.support import Published
from handrail.support.versions import is_of
from standin.endoflife import EndOfLife

LEDGER = "gitlab-org/distribution/team-tasks:support-ledger.json"
"""Where the team writes down what no file at a tag tells."""


def publish(team: Team, products: Mapping[str, Product], site: EndOfLife) -> dict[str, dict[str, str]]:
    """Put every product on the site; what it does not list, and the ledger, into files: by project, texts by path."""
    latest: dict[str, dict[str, Published]] = {}
    for one in team.published:
        latest.setdefault(one.product, {})[one.release] = one
    project, _, path = LEDGER.partition(":")
    ledger = [
        {"product": one.product, "release": one.release, "milestone": one.milestone}
        for one in team.support
        if not products[one.product].proofs
    ]
    files: dict[str, dict[str, Any]] = {project: {path: ledger}}
    for name, releases in latest.items():
        stated, those = products[name], releases.values()
        if stated.file:
            project, _, path = stated.file.partition(":")
            versions = {one.release: str(one.released) for one in those}
            files.setdefault(project, {}).setdefault(path, {})[name] = {"versions": versions}
        else:
            rows = [_row(one, those) for one in those if not one.minor or _line(one, those) is None]
            site.put(stated.upstream or name, *rows)
    return {
        project: {path: json.dumps(told, indent=1) for path, told in those.items()} for project, those in files.items()
    }


def _line(minor: Published, releases: Collection[Published]) -> Published | None:
    return next((one for one in releases if not one.minor and is_of(minor.release, one.release)), None)


def _row(one: Published, releases: Collection[Published]) -> dict[str, Any]:
    newest = next((minor for minor in releases if minor.minor and _line(minor, releases) is one), one)
    return {
        "name": one.release,
        "releaseDate": str(one.released),
        "isLts": one.lts,
        "eolFrom": str(one.ends) if one.ends else None,
        "latest": {"name": newest.release, "date": str(newest.released)},
    }
