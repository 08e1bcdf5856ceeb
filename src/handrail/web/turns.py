"""What the pages about duty share: which rotation, times in the reader's zone, and turns that change on time."""

from dataclasses import replace

from handrail.engine.handover import on_time
from handrail.engine.live import View
from handrail.errors import UserError
from handrail.handbook.wording import nearest
from handrail.rules.queue_words import Voice
from handrail.web.serving import Serving, Who


def voice_for(who: Who) -> Voice:
    """What calls everybody by name, the reader too, with times in the reader's zone."""
    return Voice(who.view.snapshot.people, who.view.snapshot.now, "", who.person.zone)


def rotation_named(name: str, who: Who) -> str:
    """The short name of a rotation; without one the first. Raises UserError for one that the handbook has not."""
    known = who.view.handbook.rotations
    if name and name not in known:
        raise UserError(f"The handbook has no rotation `{name}`{nearest(name, known)}")
    return name or who.view.handbook.first_rotation


def on_time_view(serving: Serving, who: Who) -> View:
    """Their view once the turns that have begun are written down, before anything that depends on whose turn it is."""
    done = on_time(serving.store, who.view.handbook, serving.now(), serving.live.holidays)
    return replace(who.sight, whole=serving.live.refresh()).view if done.begun or done.passed else who.view
