"""Which resource types hold policy documents, and in which property."""

from collections.abc import Iterator
from contextlib import suppress

from serverless_guard.iam import resource_policies
from serverless_guard.iam.document import Document, known_part, read
from serverless_guard.record import Block, MalformedError, Resource, UndecidedError

ROLE = "aws:iam/role:Role"
PERMISSION_SET = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
IDENTITY = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    ROLE,
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    PERMISSION_SET,
)
"""Types whose documents say what an identity may do."""


def places(resource: Resource) -> Iterator[tuple[Block, str]]:
    """Yield where an identity's documents stand in a resource: for a role, its inline policies."""
    if resource.type != ROLE:
        yield resource.props, "inlinePolicy" if resource.type == PERMISSION_SET else "policy"
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


def known_identity(resource: Resource) -> tuple[Document, ...]:
    """Give what is known of an identity's documents; `require_identity` says afterwards what is not."""
    found: list[Document] = []
    with suppress(UndecidedError):
        found.extend(identity(resource))
    return tuple(map(known_part, found))


def require_identity(resource: Resource) -> None:
    """Raise UndecidedError where a part of an identity's documents is unknown that is no name."""
    for document in identity(resource):
        document.require_known()


def trust(resource: Resource) -> Document | None:
    """Give the document that says who may assume a role, None when it is absent or malformed (the same rule)."""
    try:
        return read(resource.props, "assumeRolePolicy", resource.source_types("assumeRolePolicy"))
    except MalformedError:
        return None


def access(resource: Resource) -> Document | None:
    """Give the document that says who may use a resource, None when it is absent or malformed (the same rule)."""
    return next(resource_policies.documents(resource), None)
