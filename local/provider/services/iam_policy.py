"""Identity and Access Management: policies with names of their own, which roles attach.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html and
https://www.pulumi.com/registry/packages/aws/api-docs/iam/policy/.
"""

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.services.iam import document_text
from local.provider.wire import Props


def _find(aws: Aws, props: Props) -> Live:
    found = aws.call("iam", "GetPolicy", PolicyArn=props["id"])["Policy"]
    version = aws.call("iam", "GetPolicyVersion", PolicyArn=props["id"], VersionId=found["DefaultVersionId"])
    return {**found, "PolicyDocument": version["PolicyVersion"]["Document"]}


def _write(aws: Aws, props: Props) -> None:
    """A new version takes the place of the old one, of which IAM keeps five at most."""
    arn = props["id"]
    aws.call("iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=props["policy"], SetAsDefault=True)
    _delete_versions(aws, props)


def _delete_versions(aws: Aws, props: Props) -> None:
    for version in aws.call("iam", "ListPolicyVersions", PolicyArn=props["id"])["Versions"]:
        if not version["IsDefaultVersion"]:
            aws.call("iam", "DeletePolicyVersion", PolicyArn=props["id"], VersionId=version["VersionId"])


def _delete(aws: Aws, props: Props) -> None:
    _delete_versions(aws, props)
    aws.call("iam", "DeletePolicy", PolicyArn=props["id"])


POLICY = ResourceType(
    "aws:iam/policy:Policy",
    service="iam",
    create="CreatePolicy",
    read=_find,
    update=_write,
    delete=_delete,
    keys={"PolicyArn": "id"},
    id=("{arn}", "{Arn}"),
    import_id=("{id}",),
    names={"name": "PolicyName", "policy": "PolicyDocument"},
    state=lambda _aws, _props, live: {"policy": document_text(live["PolicyDocument"])},
    replaces=frozenset({"description", "name", "namePrefix", "path"}),
    defaults={"path": "/"},
    absent={"description": ""},
    unread=frozenset({"delayAfterPolicyCreationInMs", "namePrefix"}),
    changing=frozenset({"attachmentCount"}),
    tags=Tags(on={"PolicyArn": "id"}, write="TagPolicy", remove="UntagPolicy", read="ListPolicyTags"),
    namesake=lambda aws, props: aws.arn("iam", f"policy{props.get('path', '/')}{props['name']}", region=False),
)
