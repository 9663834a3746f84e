"""Which resource types hold policy documents, and in which property."""

from collections.abc import Iterator

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

RESOURCE = (
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/queue:Queue",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topic:Topic",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secret:Secret",
    "aws:dynamodb/resourcePolicy:ResourcePolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:backup/vaultPolicy:VaultPolicy",
)
"""Types whose document says who may use the resource; in `policy` for all."""


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
    name = "resourcePolicy" if not resource.props.has("policy") else "policy"
    return read(resource.props, name)


def of_role(stack: Program, role: Resource) -> list[Document]:
    """Collect the documents that a role holds, wherever in the stack they stand."""
    found = list(identity(role))
    for inline in stack.referring(role, "role", "aws:iam/rolePolicy:RolePolicy"):
        found.extend(identity(inline))
    for attachment in stack.referring(role, "role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        for managed in stack.referred(attachment, "policyArn", "aws:iam/policy:Policy"):
            found.extend(identity(managed))
    return found
