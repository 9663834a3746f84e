"""Who users are, what a key serves, and what leads to an API."""

import json
from fnmatch import fnmatchcase
from typing import Any

from components.access.identity import Identity
from components.access.key import Key
from components.api.api_domain import ApiDomain
from components.api.rest_stage import EXECUTION_LOGS
from tests.components.recording import Registration, record
from tests.components.test_contract import COMPONENTS, DEPLOYMENT


def only(registered: list[Registration], kind: str) -> Registration:
    (found,) = (entry for entry in registered if entry.type == kind)
    return found


def served(*log_groups: str) -> list[str]:
    """The log groups for which CloudWatch Logs may use a key."""
    made = record(lambda: Key("k", prefix="blog", arns=DEPLOYMENT.arns, protection=True, log_groups=log_groups))
    statements: list[dict[str, Any]] = json.loads(only(made, "aws:kms/key:Key").inputs["policy"])["Statement"]
    (logs,) = (one for one in statements if one.get("Sid") == "UsedByCloudWatchLogs")
    patterns: list[str] = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    return patterns


def test_user_names_that_differ_in_case_are_one_user() -> None:
    """Amazon Cognito Developer Guide, "User pool case sensitivity": it cannot be changed after the pool is made."""
    pool = only(record(COMPONENTS[Identity]), "aws:cognito/userPool:UserPool")
    assert pool.inputs["usernameConfiguration"] == {"caseSensitive": False}


def test_a_key_serves_the_log_groups_of_its_stack_and_those_that_api_gateway_names() -> None:
    """Amazon API Gateway Developer Guide, "Set up logging": API-Gateway-Execution-Logs_{rest-api-id}/{stage_name}."""
    arn = DEPLOYMENT.arns.of("logs", "log-group:API-Gateway-Execution-Logs_a1b2c3d4e5/live")
    assert not any(fnmatchcase(arn, pattern) for pattern in served())
    assert any(fnmatchcase(arn, pattern) for pattern in served(EXECUTION_LOGS))


def test_the_mapping_of_another_api_replaces_the_first_one_after_that_is_gone() -> None:
    """API Gateway refuses a second mapping of the same path (API_CreateApiMapping: ConflictException)."""
    made = record(COMPONENTS[ApiDomain])
    assert only(made, "aws:apigatewayv2/apiMapping:ApiMapping").delete_before_replace is True
