"""What a supervisor and a monitor ask: whether it lives, whether it is ready, and how it is doing, in numbers."""

from collections.abc import Iterator
from time import perf_counter

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily

from handrail.web.serving import Served, Serving
from handrail.web.who import OPEN

_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
"""Seconds; the limits that we set ourselves are among them."""


class Metrics:
    """The numbers of one application: how long it took to answer, by route and status, and how what it serves is.

    None of them tells of items: whoever may read them need not be of the team.
    """

    def __init__(self, serving: Serving) -> None:
        self._serving, self.registry = serving, CollectorRegistry()
        labels = ("method", "route", "status")
        told = "Seconds until an answer was sent."
        self._took = Histogram("handrail_answer_seconds", told, labels, registry=self.registry, buckets=_BUCKETS)
        self.registry.register(self)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is asked for when somebody reads them."""
        serving = self._serving
        view, inbox = serving.live.view(), serving.store.inbox.waiting()
        age = (serving.now() - view.snapshot.now).total_seconds()
        yield GaugeMetricFamily("handrail_view_number", "Views made since the start.", value=view.number)
        yield GaugeMetricFamily("handrail_view_age_seconds", "How old what is shown is.", value=age)
        yield GaugeMetricFamily(
            "handrail_ready", "Whether the newest facts can be shown.", value=not serving.live.trouble
        )
        yield GaugeMetricFamily("handrail_inbox_waiting", "Webhooks that are not worked yet.", value=inbox.count)
        failing = sum(one.attempts > 0 for one in serving.store.jobs.all().values())
        yield GaugeMetricFamily("handrail_jobs_failing", "Jobs whose last run failed.", value=failing)
        yield GaugeMetricFamily("handrail_inbox_aside", "Webhooks that could not be worked.", value=inbox.aside)

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Measures every answer. What is listened to for long is not measured."""

        async def measured(scope: Scope, receive: Receive, send: Send) -> None:
            began = perf_counter()

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    route = str(scope.get("path_template") or "none")
                    took = self._took.labels(scope["method"], route, message["status"])  # type: ignore[typeddict-item]
                    took.observe(perf_counter() - began)
                await send(message)

            await app(scope, receive, sent)

        return measured


@get("/healthz", opt=OPEN, media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """It lives."""
    return "ok\n"


@get("/readyz", opt=OPEN, media_type=MediaType.TEXT, sync_to_thread=True)
def readyz(serving: Served) -> Response[str]:
    """Whether it can show what is so now; else 503. Why is for the team alone: it may tell of the machine."""
    serving.live.view()
    if not serving.store.known_since():
        return Response("not ready: GitLab is being read for the first time\n", status_code=503)
    if serving.live.trouble:
        return Response("not ready: the pages say why to whoever is signed in\n", status_code=503)
    return Response("ready\n")


@get("/metrics", opt=OPEN, sync_to_thread=True)
def metrics(numbers: NamedDependency[Metrics]) -> Response[bytes]:
    """The numbers, as Prometheus reads them."""
    return Response(generate_latest(numbers.registry), media_type=CONTENT_TYPE_LATEST)
