"""Small programs, one a stack. CHANGED=1 makes one change, GUARDED=1 installs the guard, ID is a literal id."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws

CHANGED = os.environ.get("CHANGED") == "1"
ID = os.environ.get("ID", "")
NAME = f"small-{pulumi.get_stack()}"
LAMBDA = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def defaults() -> None:
    """The default provider: with tags, in a region that is not allowed, for any account."""
    aws.sqs.Queue("jobs", name=NAME, visibility_timeout_seconds=60 if CHANGED else 30)


def pinned() -> None:
    """The default provider as the house rules want it."""
    aws.sqs.Queue("jobs", name=NAME, sqs_managed_sse_enabled=not CHANGED)


def untagged() -> None:
    """The default provider with nothing but a region."""
    aws.sqs.Queue("jobs", name=NAME)
    if CHANGED:
        aws.sqs.Queue("more", name=f"{NAME}-more")


def explicit() -> None:
    """Providers of the program's own, one of them in another region, while functions ask the default one."""
    tags = {"service": "small", "environment": "test", "owner": "web", "cost-centre": "42"}
    here = aws.Provider("here", region="eu-west-1", default_tags={"tags": tags}, allowed_account_ids=["111122223333"])
    there = aws.Provider("there", region="ap-south-1")
    caller = aws.get_caller_identity()
    aws.sqs.Queue("here", name=f"{NAME}-here", opts=pulumi.ResourceOptions(provider=here))
    aws.sqs.Queue(
        "there", name=f"{NAME}-there", tags={"owner": caller.account_id}, opts=pulumi.ResourceOptions(provider=there)
    )
    if CHANGED:
        aws.sqs.Queue("region", name=f"{NAME}-region", region="us-east-1", opts=pulumi.ResourceOptions(provider=here))


def hidden() -> None:
    """Values in secrets: a policy, a key, parameters and an environment."""
    role = aws.iam.Role("role", name=NAME, assume_role_policy=document(LAMBDA))
    everything = allow("sqs:*" if CHANGED else "*", "*")
    aws.iam.RolePolicy("grants", role=role.name, policy=pulumi.Output.secret(document(everything)))
    aws.sqs.Queue("jobs", name=NAME, kms_master_key_id=pulumi.Output.secret("alias/aws/sqs"))
    aws.ssm.Parameter("size", name=f"/{NAME}/size", type="String", value="5")
    aws.ssm.Parameter("password", name=f"/{NAME}/db-password", type="String", value=pulumi.Output.secret("x"))
    aws.ssm.Parameter("setting", name=f"/{NAME}/setting", type="String", value="AKIA" + "IOSFODNN7EXAMPLE")


def outputs() -> None:
    """Documents that are made of what AWS answers."""
    topic = aws.sns.Topic("news")
    queue = aws.sqs.Queue("jobs")
    role = aws.iam.Role("role", assume_role_policy=document(LAMBDA))
    send = topic.arn.apply(lambda arn: document(allow("sns:*" if CHANGED else "sns:Publish", arn)))
    aws.iam.RolePolicy("send", role=role.name, policy=send)
    policy = aws.iam.Policy("receive", policy=queue.arn.apply(lambda arn: document(allow("sqs:ReceiveMessage", arn))))
    aws.iam.RolePolicyAttachment("receive", role=role.name, policy_arn=policy.arn)


def companions() -> None:
    """What several resources say together of a bucket, bound by outputs."""
    bucket = aws.s3.Bucket("media")
    aws.s3.BucketPublicAccessBlock(
        "media",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=not CHANGED,
    )
    aws.s3.BucketVersioning("media", bucket=bucket.id, versioning_configuration={"status": "Enabled"})


def literal() -> None:
    """A companion that names its bucket by a literal id, which is known once the bucket exists."""
    aws.s3.Bucket("media", tags={"changed": str(CHANGED)})
    if ID:
        aws.s3.BucketVersioning("media", bucket=ID, versioning_configuration={"status": "Enabled"})


def options() -> None:
    """Options of resources that rules read."""
    kept = pulumi.ResourceOptions(protect=not CHANGED, retain_on_delete=True, ignore_changes=["pointInTimeRecovery"])
    aws.dynamodb.Table(
        "posts",
        name=NAME,
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        attributes=[{"name": "id", "type": "S"}],
        opts=kept,
    )
    replaced = pulumi.ResourceOptions(delete_before_replace=True)
    aws.cloudwatch.LogGroup("logs", name=f"/{NAME}", opts=replaced)


def components() -> None:
    """Resources within components, which have names and lines of their own."""

    class Jobs(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("small:jobs:Jobs", name)
            mine = pulumi.ResourceOptions(parent=self)
            dead = aws.sqs.Queue(f"{name}-dead", name=f"{NAME}-{name}-dead", opts=mine)
            redrive = dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5}))
            aws.sqs.Queue(name, name=f"{NAME}-{name}", redrive_policy=None if CHANGED else redrive, opts=mine)

    Jobs("mail")
    Jobs("bills")


def replaced() -> None:
    """A change that replaces one resource and deletes another."""
    aws.cloudwatch.LogGroup("logs", name=f"/{NAME}-{'new' if CHANGED else 'old'}")
    if not CHANGED:
        aws.sqs.Queue("gone", name=NAME)


def renamed() -> None:
    """A resource under a new name, which its alias ties to the old one."""
    aliases = [pulumi.Alias(name="old")] if CHANGED else None
    aws.sqs.Queue("new" if CHANGED else "old", name=NAME, opts=pulumi.ResourceOptions(aliases=aliases))


PROGRAMS: tuple[Callable[[], None], ...] = (
    defaults, pinned, untagged, explicit, hidden, outputs, companions, literal, options, components, replaced, renamed,
)  # fmt: skip

if os.environ.get("GUARDED") == "1":
    from serverless_guard import guard

    guard.install(production=pulumi.Config().require_bool("production"), settings=Path(os.environ["POLICIES"]))
{program.__name__: program for program in PROGRAMS}[pulumi.get_stack()]()
