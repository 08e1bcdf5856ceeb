"""A rotation for people's calendar programs, which cannot sign in: its address is signed instead, for whom it is."""

import hmac
from urllib.parse import urlencode

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery

from handrail.duty.feed import announced, feed
from handrail.engine.duty_log import kept
from handrail.errors import UserError
from handrail.web.serving import Served, Serving
from handrail.web.who import OPEN

WEEKS = 12
"""How far ahead it looks."""


def address_for(serving: Serving, rotation: str, person: str) -> str:
    """The path of a rotation's calendar: with the shifts of one person, or ("") of everybody."""
    query = {"rotation": rotation, "of": person, "key": _key(serving, rotation, person)}
    return f"/duty.ics?{urlencode({name: value for name, value in query.items() if value})}"


@get("/duty.ics", sync_to_thread=True, opt=OPEN)
def calendar(
    serving: Served, rotation: FromQuery[str] = "", of: FromQuery[str] = "", key: FromQuery[str] = ""
) -> Response[bytes]:
    """The shifts of the last weeks and to come, and cancelled what was announced before."""
    view = serving.live.view()
    known = view.handbook.rotations.get(rotation)
    right = hmac.compare_digest(key.encode(), _key(serving, rotation, of).encode())
    if not right or known is None or (of and of not in view.snapshot.people):
        raise NotFoundException(detail="There is no such calendar: take its address from the duty page anew.")
    rota = kept(view.snapshot, rotation)
    if rota is None:
        raise UserError("The rotation is not kept here, so that there is no calendar of it.")
    events = [one for one in announced(rota, view.snapshot.now, WEEKS) if not of or one.shift.holder == of]
    written = feed(events, rotation, known.name, rota.people)
    return Response(written, media_type="text/calendar; charset=utf-8")


def _key(serving: Serving, rotation: str, person: str) -> str:
    return hmac.digest(serving.secret, f"duty.ics\n{rotation}\n{person}".encode(), "sha256").hex()[:32]
