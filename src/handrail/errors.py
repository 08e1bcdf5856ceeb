"""Errors that are a person's to mend, as opposed to faults of Handrail's."""


class UserError(Exception):
    """Something a person can put right: what happened, and what to do about it.

    ``problems`` are sentences, all that were found, each complete in itself; the command line prints them one to a line
    and exits with 2. Anything else that is raised is a fault: exit 1.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
