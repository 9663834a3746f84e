"""Policy documents for the examples of rules."""

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/blog"
"""The resource of a sample statement that names none."""


def allow(action: str | list[str], resource: str | list[str] = TABLE, **more: object) -> dict[str, object]:
    """Write an allowing statement; `more` are further elements, such as Condition or Principal."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: object, name: str = "policy") -> dict[str, object]:
    """Write the properties of a resource whose document holds the statements."""
    return {name: {"Version": "2012-10-17", "Statement": list(statements)}}


def trust(principal: object, **more: object) -> dict[str, object]:
    """Write the properties of a role that a principal may assume."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return policy(statement, name="assumeRolePolicy")
