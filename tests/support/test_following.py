"""Minor releases that need no work, since the line is there that they are of."""

from dataclasses import replace
from datetime import date

from msgspec.structs import replace as changed

from handrail.handbook.support import Product
from handrail.model.support import Published, Support, SupportClock
from handrail.support.clocks import clocks_of
from handrail.testing import a_snapshot, at, bundled

SEEN = at("2024-01-01 09:00")
DEBIAN = Product("debian", minor="debian", minors_follow=True)
LINE = Support("debian", "12", "16.1", proof="the job at 16.1.0")


def minor(*support: Support, on: str = "2024-12-02 09:00", product: Product = DEBIAN) -> SupportClock:
    snapshot = replace(
        a_snapshot(),
        now=at(on),
        published=(
            Published("debian", "12", SEEN, date(2023, 6, 10)),
            Published("debian", "12.8", SEEN, date(2024, 11, 9), minor=True),
        ),
        support=support,
    )
    return clocks_of(snapshot, replace(bundled().support, products={"debian": product}))[-1]


def test_the_next_release_of_ours_has_it_where_its_line_is_there() -> None:
    found = minor(LINE)
    assert (found.upstream.release, found.verdict, found.supported_in) == ("12.8", "met", "17.6")
    assert (found.proof, found.follows) == ("the job at 16.1.0", "")
    assert minor(changed(LINE, milestone="17.7"), on="2025-01-02 09:00").supported_in == "17.7", "the line came later"


def test_until_then_it_is_said_and_needs_nothing() -> None:
    found = minor(LINE, on="2024-11-12 09:00")
    assert (found.verdict, found.follows, found.why) == (
        "open", "17.6", "17.6 will have it, since ours have its line",
    )  # fmt: skip
    late = minor(LINE, Support("debian", "12", "17.0", absent=True), on="2024-11-12 09:00")
    assert (late.verdict, late.follows) == ("open", "")


def test_a_line_that_is_not_there_has_none() -> None:
    assert minor(on="2025-06-02 09:00").verdict == "overdue"
    gone = minor(LINE, Support("debian", "12", "17.7", absent=True), on="2025-06-02 09:00")
    assert (gone.verdict, gone.supported_in) == ("overdue", "17.6")
    other = Support("debian", "11", "16.1")
    assert minor(other, on="2025-06-02 09:00").verdict == "overdue"
    unknown = Support("debian", "12", "of nobody")
    assert minor(unknown, on="2025-06-02 09:00").verdict == "overdue"
    still_to_come = Support("debian", "12", "17.9")
    assert minor(still_to_come).follows == ""


def test_only_where_the_handbook_says_so() -> None:
    assert minor(LINE, on="2025-06-02 09:00", product=Product("debian", minor="debian")).verdict == "overdue"
    assert minor(LINE, Support("debian", "12.8", "17.8"), product=Product("debian", minor="debian")).verdict == "open"


def test_what_is_announced_for_after_all_that_is_known_follows_nothing() -> None:
    far = Published("debian", "12.9", SEEN, date(2040, 1, 1), minor=True)
    snapshot = replace(a_snapshot(), now=at("2024-12-02 09:00"), published=(far,), support=(LINE,))
    assert clocks_of(snapshot, replace(bundled().support, products={"debian": DEBIAN})) == []
