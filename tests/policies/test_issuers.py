"""Whose tokens authorizers trust: pools of the program are found by the ids that their provider answered."""

from dataclasses import replace

import pytest

from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.least_privilege.issuers import JWT, authorizer_issuer_trusted
from tests.policies.escalation_cases import program, resource

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1b2c3d4e"
POOL = resource("aws:cognito/userPool:UserPool", "pool", {})


def authorizer(issuer: object) -> Resource:
    return resource(JWT, "subject", {"jwtConfiguration": {"issuer": issuer, "audiences": ["a"]}})


@pytest.mark.parametrize(("pool", "trusted"), [("eu-west-1_a1b2c3d4e", True), ("eu-west-1_other", False)])
def test_a_deployed_pool_of_the_program_is_known_by_its_id(pool: str, trusted: bool):
    stack = program(authorizer(ISSUER), replace(POOL, outputs={"id": pool}))
    assert (authorizer_issuer_trusted.findings(stack) == []) is trusted


def test_a_pool_that_is_not_created_yet_has_no_id():
    stack = program(authorizer(UNKNOWN), replace(POOL, outputs={"id": UNKNOWN}))
    assert authorizer_issuer_trusted.findings(stack) == []
