"""What a supervisor and a monitor ask: whether it lives, whether it is ready, and how it is doing, in numbers."""

from litestar import Response, get
from litestar.enums import MediaType

from handrail.web.serving import Served
from handrail.web.who import OPEN


@get("/healthz", opt=OPEN, media_type=MediaType.TEXT, sync_to_thread=False, include_in_schema=False)
def healthz() -> str:
    """It lives."""
    return "ok\n"


@get("/readyz", opt=OPEN, media_type=MediaType.TEXT, sync_to_thread=True, include_in_schema=False)
def readyz(serving: Served) -> Response[str]:
    """Whether it can show what is so now; else 503 and why."""
    trouble = serving.live.trouble
    return Response(f"{trouble or 'ready'}\n", status_code=503 if trouble else 200)
