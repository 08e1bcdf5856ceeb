"""The description that an item's facts stand for: they hold its sections, and of its words our part alone."""

from collections.abc import Iterable

from handrail.model.items import Issue, Item, Section
from handrail.model.markdown import between_marks

_DEEPEST_HEADING = 6


def described(item: Item) -> str:
    """A description with the item's sections: so many words, so many checkboxes; nothing for none.

    Where a part of it is ours there is nothing else: its sections are that part's.
    """
    if isinstance(item, Issue) and item.part:
        return between_marks(item.part)
    return "\n\n".join("\n".join(_lines(section)) for section in item.sections)


def _lines(section: Section) -> Iterable[str]:
    if section.level > _DEEPEST_HEADING:
        yield f"**{section.title}**\n"
    elif section.title:
        yield f"{'#' * section.level} {section.title}\n"
    # The text of a box counts as words.
    words = section.words - sum(len(text.split()) for text in section.unticked)
    if words > 0:
        yield " ".join(["word"] * words)
    yield from ["- [x] …"] * section.done
    yield from (f"- [ ] {text}" for text in section.unticked)
    yield from ["- [ ] …"] * (section.total - section.done - len(section.unticked))
