"""Minor releases that need no work: whoever builds for a line builds on the newest of it, from the next release on."""

from collections.abc import Iterable, Iterator

from handrail.handbook.support import Support as Policies
from handrail.model.support import Support, Upstream
from handrail.support.own_releases import OwnReleases
from handrail.support.versions import is_of, numbers


def following(
    out: Iterable[Upstream], support: Iterable[Support], policies: Policies, ours: OwnReleases
) -> Iterator[Support]:
    """What follows for minor releases from what is known of their lines, where the handbook says that they follow.

    A line that is there when a minor release comes out has it from our next release on, which may be still to come.
    """
    lines: dict[str, list[tuple[int, Support]]] = {}
    for one in support:
        product, index = policies.products.get(one.product), ours.index(one.milestone)
        if product and product.minors_follow and index is not None:
            lines.setdefault(one.product, []).append((index, one))
    for minor in out:
        for index, line in sorted(lines.get(minor.product, ()), key=lambda known: known[0]):
            if len(numbers(line.release)) < len(numbers(minor.release)) and is_of(minor.release, line.release):
                at = max(index, ours.until(minor.released))
                if at < len(ours.all):
                    yield Support(minor.product, minor.release, ours.all[at].title, line.absent, line.proof)
