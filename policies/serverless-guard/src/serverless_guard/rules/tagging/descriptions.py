"""Descriptions that say what a thing is for."""

from collections.abc import Iterable

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import is_set
from serverless_guard.rules.rule import Example, Rule

kms_description_present = Rule(
    id="kms-description-present",
    types=("aws:kms/key:Key",),
    category="tagging",
    severity="low",
    env="same",
    tier="extended",
    sources=("compliance:aws-kms-key-missing-description",),
    title="KMS keys have a description",
    rationale="A key says what it is for.",
    fix="Set description.",
    check=is_set("description"),
    good=(Example({"description": "Encrypts the blog"}),),
    bad=(Example({}, finds=("description is not set",)),),
    unknown_passes_because="A value that is unknown is there all the same.",
)

sg_description_present = Rule(
    id="sg-description-present",
    types=(
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
    ),
    category="tagging",
    severity="low",
    env="same",
    tier="extended",
    sources=(
        "compliance:aws-ec2-securitygroup-missing-description",
        "compliance:aws-ec2-securitygroup-missing-ingress-rule-description",
        "compliance:aws-ec2-securitygroup-missing-egress-rule-description",
        "cdk-nag:AwsSolutions-EC27",
        "checkov:CKV_AWS_23",
        "trivy:AWS-0099",
        "trivy:AWS-0124",
    ),
    title="Security groups and security group rules have a description",
    rationale="A security group and its rules say what they are for.",
    fix="Set description.",
    check=lambda resource: (
        f"{one.path}description is not set"
        for one in (resource.props, *resource.props.blocks("ingress"), *resource.props.blocks("egress"))
        if one.text("description") in {None, "", "Managed by Pulumi"}
    ),
    good=(
        Example({"description": "The functions of the blog"}),
        Example({"description": "The database", "ingress": [{"description": "From the functions"}]}),
    ),
    bad=(
        Example({}, finds=("description is not set",)),
        Example({"description": "Managed by Pulumi"}, finds=("description is not set",)),
        Example(
            {"description": "The database", "egress": [{"protocol": "tcp"}]},
            finds=("egress[0].description is not set",),
        ),
        Example(
            {"description": "The database", "ingress": [{"description": ""}]},
            finds=("ingress[0].description is not set",),
        ),
        Example(
            {}, finds=("description is not set",), type="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
        ),
        Example({}, finds=("description is not set",), type="aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
        Example({}, finds=("description is not set",), type="aws:ec2/securityGroupRule:SecurityGroupRule"),
    ),
)

lambda_description_present = Rule(
    id="lambda-description-present",
    types=("aws:lambda/function:Function",),
    category="tagging",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("compliance:aws-lambda-function-missing-description",),
    title="Lambda functions have a description",
    rationale="A function says what it is for.",
    fix="Set description.",
    check=is_set("description"),
    good=(Example({"description": "Reads a user"}),),
    bad=(Example({}, finds=("description is not set",)),),
    unknown_passes_because="A value that is unknown is there all the same.",
)

secret_description_present = Rule(
    id="secret-description-present",
    types=("aws:secretsmanager/secret:Secret",),
    category="tagging",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("compliance:aws-secretsmanager-secret-missing-description",),
    title="Secrets Manager secrets have a description",
    rationale="A secret says what it is for.",
    fix="Set description.",
    check=is_set("description"),
    good=(Example({"description": "Opens the database"}),),
    bad=(Example({}, finds=("description is not set",)),),
    unknown_passes_because="A value that is unknown is there all the same.",
)

WORKGROUP, DATABASE = "aws:athena/workgroup:Workgroup", "aws:athena/database:Database"


def _described(resource: Resource) -> Iterable[str]:
    return is_set("comment" if resource.type == DATABASE else "description")(resource)


athena_description_present = Rule(
    id="athena-description-present",
    types=(WORKGROUP, DATABASE),
    category="tagging",
    severity="low",
    env="same",
    tier="extended",
    sources=(
        "compliance:aws-athena-workgroup-missing-description",
        "compliance:aws-athena-database-missing-description",
    ),
    title="Athena workgroups and databases have a description",
    rationale="A workgroup or database says what it is for.",
    fix="Set description of a workgroup, or comment of a database.",
    check=_described,
    good=(
        Example({"description": "Queries the archive"}),
        Example({"bucket": "archive", "comment": "The archive"}, type=DATABASE),
    ),
    bad=(
        Example({}, finds=("description is not set",)),
        Example({"bucket": "archive"}, type=DATABASE, finds=("comment is not set",)),
    ),
    unknown_passes_because="A value that is unknown is there all the same.",
)
