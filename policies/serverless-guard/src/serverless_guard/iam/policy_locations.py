"""Which resource types hold policy documents, and in which property."""

from collections.abc import Iterator

from serverless_guard.iam import resource_policies
from serverless_guard.iam.document import Document, read
from serverless_guard.program import Program
from serverless_guard.record import Block, MalformedError, Resource, UndecidedError

ROLE = "aws:iam/role:Role"
IDENTITY = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    ROLE,
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
"""Types whose documents say what an identity may do."""


def places(resource: Resource) -> Iterator[tuple[Block, str]]:
    """Yield where an identity's documents stand in a resource: for a role, its inline policies."""
    if resource.type != ROLE:
        yield resource.props, "policy"
        return
    for inline in resource.props.blocks("inlinePolicies"):
        yield inline, "policy"


def identity(resource: Resource) -> Iterator[Document]:
    """Yield the documents of an identity. A malformed one is left to the rule `iam-document-wellformed`.

    Raises:
        UndecidedError: One of them is unknown; after the others.
    """
    undecided: UndecidedError | None = None
    for block, path in places(resource):
        try:
            document = read(block, path)
        except MalformedError:
            continue
        except UndecidedError as error:
            undecided = undecided or error
            continue
        if document:
            yield document
    if undecided:
        raise undecided


def trust(resource: Resource) -> Document | None:
    """Give the document that says who may assume a role, None when it is absent or malformed (the same rule)."""
    try:
        return read(resource.props, "assumeRolePolicy")
    except MalformedError:
        return None


def access(resource: Resource) -> Document | None:
    """Give the document that says who may use a resource, None when it has none.

    Raises:
        MalformedError: It is no policy document.
    """
    return next(resource_policies.documents(resource), None)


def of_role(stack: Program, role: Resource) -> list[Document]:
    """Collect the documents that a role holds, wherever in the stack they stand."""
    found = list(identity(role))
    for inline in stack.referring(role, "role", "aws:iam/rolePolicy:RolePolicy"):
        found.extend(identity(inline))
    for attachment in stack.referring(role, "role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        for managed in stack.referred(attachment, "policyArn", "aws:iam/policy:Policy"):
            found.extend(identity(managed))
    return found
