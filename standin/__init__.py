"""A stand-in for GitLab: the operations that Handrail uses, answered from facts as GitLab would answer them.

It lives beside the package and knows nothing of how Handrail decides. See ``standin.running`` for tests and
``python -m standin --help`` for a server to look at.
"""

from standin.access import API_TOKEN, EXPIRED_TOKEN, READ_TOKEN, SCOPELESS_TOKEN, Token
from standin.faults import Fault
from standin.serve import StandIn, running

__all__ = ["API_TOKEN", "EXPIRED_TOKEN", "READ_TOKEN", "SCOPELESS_TOKEN", "Fault", "StandIn", "Token", "running"]
