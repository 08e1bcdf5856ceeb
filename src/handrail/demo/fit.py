"""The figures that the demo is drawn from.

The first part is fitted to the merged merge requests of omnibus-gitlab and charts/gitlab (``python -m bench.fit`` shows
both sides and writes docs/demo.md); the second is assumed, since no public data tells it. Curves are (share, value).
"""

# --- fitted ----------------------------------------------------------------------------------------

LEAD_DAYS = (
    (0.0, 0.003), (0.01, 0.006), (0.05, 0.045), (0.1, 0.105), (0.25, 0.57), (0.5, 2.07), (0.75, 6.57), (0.9, 15.0),
    (0.95, 24.2), (0.99, 97.0), (1.0, 360.0),
)  # fmt: skip
"""First commit to merge, days (charts, 1,160 merge requests with the commits from before the squash)."""
NIGHTS_AND_WEEKENDS = 0.9
"""Days that waiting for somebody to be at work adds to what is drawn, and that are therefore taken off it before."""
COMMITS = ((0.0, 0.9), (0.6, 1.2), (0.75, 3.0), (0.9, 6.0), (0.95, 9.0), (0.99, 20.0), (1.0, 48.0))
"""Commits of a merge request before the squash. They go with the lead time, as strongly as LEAD_AND_SIZE says."""
ADDITIONS = (
    (0.0, 0.9),
    (0.3, 1.1),
    (0.5, 6.0),
    (0.75, 37.0),
    (0.9, 124.0),
    (0.95, 243.0),
    (0.99, 1143.0),
    (1.0, 5333.0),
)
"""Added lines. Drawn only inside: facts hold no sizes, but a large change lives longer and is pushed to more often."""
LEAD_AND_SIZE = 0.38
"""Correlation of the normal scores of lead time and added lines."""
WEEKDAYS = (0.19, 0.213, 0.21, 0.2, 0.165, 0.015, 0.007)
"""Share of merges per weekday from Monday, UTC, since 2024."""
HOURS = (
    2.0, 2.1, 3.0, 3.2, 4.2, 3.7, 2.8, 3.8, 4.2, 3.0, 3.3, 2.3, 3.1, 5.2, 5.8, 7.3, 6.1,
    4.9, 5.1, 6.2, 5.4, 4.3, 4.7, 3.6,
)  # fmt: skip
"""Merges per hour of the day, UTC, in per cent, since 2024."""
BOT_AUTHORS = 0.18
"""Share of merge requests opened by dependency bots, since 2024."""
TWO_APPROVALS = 0.62
"""Share of merge requests with two or more approvals: a reviewer's and a maintainer's. The others have one."""
OMNIBUS_TO_CHARTS = (1450, 937)
"""Merge requests merged since 2024 in the two projects."""

# --- assumed ---------------------------------------------------------------------------------------

COMMUNITY_AUTHORS = 0.08
"""Of the people's merge requests. In the corpus 0.22 come from other than the company's addresses: an upper bound."""
ABANDONED = 0.08
"""Merge requests that are closed unmerged."""
ABANDONED_DAYS = ((0.0, 0.05), (0.25, 6.0), (0.5, 30.0), (0.75, 90.0), (0.9, 170.0), (1.0, 420.0))
FIRST_ANSWER_HOURS = (
    (0.0, 0.05),
    (0.1, 0.3),
    (0.25, 1.2),
    (0.5, 4.5),
    (0.75, 12.0),
    (0.9, 27.0),
    (0.95, 38.0),
    (1.0, 90.0),
)
"""Office hours of the reviewer from request to first answer."""
ISSUE_DAYS = (
    (0.0, 0.1),
    (0.1, 3.0),
    (0.25, 12.0),
    (0.5, 50.0),
    (0.75, 190.0),
    (0.9, 500.0),
    (0.97, 1000.0),
    (1.0, 2200.0),
)
"""An issue from creation to closing."""
EPIC_DAYS = ((0.0, 30.0), (0.25, 90.0), (0.5, 190.0), (0.75, 400.0), (1.0, 1200.0))
WORK_DAYS = ((0.0, 0.3), (0.1, 2.0), (0.5, 11.0), (0.75, 24.0), (0.9, 45.0), (1.0, 150.0))
"""From the start of work on an issue to its closing."""
OPEN_SHARE = {"!": 0.11, "#": 0.385, "&": 0.4}
"""What is open, of each kind. Together a quarter."""
LINES = {
    "gitlab-org/omnibus-gitlab!": 225,
    "gitlab-org/charts/gitlab!": 145,
    "gitlab-org/build/CNG!": 65,
    "gitlab-org/cloud-native/gitlab-operator!": 40,
    "gitlab-org/gitlab-omnibus-builder!": 15,
    "gitlab-org/gitlab-exporter!": 8,
    "gitlab-org/charts/charts.gitlab.io!": 4,
    "gitlab-org/distribution/team-tasks!": 3,
    "gitlab-org/gitlab!": 15,
    "gitlab-org/omnibus-gitlab#": 205,
    "gitlab-org/charts/gitlab#": 130,
    "gitlab-org/cloud-native/gitlab-operator#": 40,
    "gitlab-org/build/CNG#": 25,
    "gitlab-org/distribution/team-tasks#": 40,
    "gitlab-org/gitlab-omnibus-builder#": 11,
    "gitlab-org/gitlab-exporter#": 8,
    "gitlab-org/charts/charts.gitlab.io#": 6,
    "gitlab-org/distribution&": 15,
}
"""Items per thousand by project and kind; among merge requests omnibus and charts stand as OMNIBUS_TO_CHARTS says."""
