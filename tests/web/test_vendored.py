"""What is not ours among the files that pages load: exactly these versions, each with its licence."""

from hashlib import sha256

from handrail.web.templating import HERE

FOLDER = HERE / "static" / "vendored"
PINNED = {"htmx-2.0.10.min.js": "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"}
"""The digest of each file as its npm package has it."""


def test_vendored_files_are_the_pinned_ones_and_have_their_licences() -> None:
    assert {one.name: sha256(one.read_bytes()).hexdigest() for one in FOLDER.glob("*.js")} == PINNED
    for name in PINNED:
        assert "Permission to use, copy" in (FOLDER / f"{name.split('-')[0]}-LICENSE.txt").read_text()


def test_pages_load_nothing_from_elsewhere() -> None:
    frame = (HERE / "templates" / "frame.html").read_text()
    assert all(f"/static/vendored/{name}" in frame for name in PINNED)
    for template in (HERE / "templates").glob("*.html"):
        assert not [part for part in ('src="http', "src='http", 'src="//', "url(http") if part in template.read_text()]
