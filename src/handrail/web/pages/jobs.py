"""Jobs: what keeps everything up to date, and how that goes."""

from litestar import get
from litestar.response import Template

from handrail.engine.jobs import jobs as all_jobs
from handrail.views.jobs import job_rows, nobody, webhooks
from handrail.web.serving import Served, Whom
from handrail.web.templating import page


@get("/jobs", sync_to_thread=True, opt={"open": "team"})  # what went wrong may name what not everybody may see
def jobs(who: Whom, serving: Served) -> Template:
    """Each job's state, its last run and its next, what went wrong; and what waits in the inbox."""
    now = serving.now()
    rows = job_rows(all_jobs(), serving.store.jobs.all(), now)
    inbox = serving.store.inbox
    more = {"rows": rows, "nobody": nobody(rows, now), "inbox": webhooks(inbox.waiting()), "failures": inbox.failures()}
    return page("jobs", "/jobs", who, serving, **more)
