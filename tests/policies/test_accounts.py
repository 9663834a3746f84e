"""Which accounts a program's inputs show to be its own."""

from typing import Any

import pytest

from serverless_guard.iam.accounts import account_of, own_accounts
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource

OWN, OTHER = "123456789012", "210987654321"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"


def program(*resources: tuple[str, dict[str, Any]], provider: dict[str, Any] | None = None) -> Program:
    return Program(
        tuple(Resource(kind, "r", Block(props), provider=Block(provider or {})) for kind, props in resources)
    )


def document(principal: Any, resource: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "*", "Principal": principal, "Resource": resource}]}


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (OWN, OWN),
        (f"arn:aws:iam::{OWN}:role/r", OWN),
        (f"https://sqs.eu-west-1.amazonaws.com/{OWN}/jobs", OWN),
        ("arn:aws:s3:::bucket", ""),
        ("sns.amazonaws.com", ""),
        ("*", ""),
    ],
)
def test_an_account_is_read_from_numbers_arns_and_queues(text: str, account: str):
    assert account_of(text) == account


def test_providers_roles_and_policies_show_the_programs_own_account():
    assert own_accounts(program()) == frozenset()
    assert own_accounts(program(("aws:sqs/queue:Queue", {}), provider={"allowedAccountIds": [OWN]})) == {OWN}
    function = (
        "aws:lambda/function:Function",
        {"role": f"arn:aws:iam::{OWN}:role/r", "layers": [f"arn:aws:lambda:eu:{OTHER}:layer:l:1"]},
    )
    assert own_accounts(program(function)) == {OWN}
    secret = (POLICY, {"policy": document({"AWS": OTHER}, f"arn:aws:secretsmanager:eu:{OWN}:secret:s")})
    assert own_accounts(program(secret)) == {OWN}
    queue = (
        "aws:sqs/queuePolicy:QueuePolicy",
        {"queueUrl": f"https://sqs.eu.amazonaws.com/{OWN}/q", "policy": UNKNOWN},
    )
    assert own_accounts(program(queue)) == {OWN}


def test_the_policies_of_identities_show_it_where_nothing_else_does():
    tables = [f"arn:aws:dynamodb:eu:{one}:table/t" for one in (OWN, OTHER, OWN)]
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": tables}
    inline = ("aws:iam/rolePolicy:RolePolicy", {"policy": {"Statement": statement}})
    assert own_accounts(program(inline)) == {OWN}
    assert own_accounts(program((POLICY, {"policy": "{"}), inline)) == {OWN}
