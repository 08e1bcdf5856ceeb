"""The API keeps what its description says, whatever is asked of it."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from handrail.web.app import application
from tests.web.conftest import Served

KEPT = [not_a_server_error, content_type_conformance, response_schema_conformance]
HERE = {"Host": "127.0.0.1"}
"""An open demo answers to no other name."""


def test_every_answer_is_as_described(served: Served) -> None:
    app = application(served.serving)
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=HERE)
    operations = [one.ok() for one in described.get_all_operations() if isinstance(one, Ok)]
    assert len(operations) > 10
    for operation in operations:

        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            answer = case.call_and_validate(checks=KEPT, headers=HERE)
            assert served.gitlab.write_token not in answer.text
            assert served.serving.secret.hex() not in answer.text

        ask()
