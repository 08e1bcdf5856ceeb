"""The description that an item's facts stand for: they hold its sections, not its words."""

from collections.abc import Iterable

from handrail.model.items import Section


def described(sections: Iterable[Section]) -> str:
    """A description with these sections: so many words, so many checkboxes; nothing for none."""
    return "\n\n".join("\n".join(_lines(section)) for section in sections)


def _lines(section: Section) -> Iterable[str]:
    if section.title:
        yield f"## {section.title}\n"
    if section.words:
        yield " ".join(["word"] * section.words)
    # The text of a box counts as words: these have none that does.
    ticked = section.ticked or range(section.done)
    yield from (f"- [{'x' if number in ticked else ' '}] …" for number in range(section.total))
