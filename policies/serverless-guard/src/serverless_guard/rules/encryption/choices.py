"""Certificates, names and keys beyond what AWS does by itself."""

import re
from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import own_key
from serverless_guard.rules.rule import Example, resource_rule

KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
WORKGROUP, DATABASE = "aws:athena/workgroup:Workgroup", "aws:athena/database:Database"


@resource_rule(
    "s3-name-dns-compliant",
    title="S3 bucket names contain only lowercase letters, digits and hyphens",
    types=("aws:s3/bucket:Bucket",),
    category="encryption",
    severity="low",
    env="same",
    tier="extended",
    sources=("trivy:AWS-0320",),
    fix="Name the bucket with lower-case letters, digits and hyphens.",
    good=(
        Example({"bucket": "blog-uploads"}),
        Example({}),
        Example({"bucket": "www.example.com", "website": {"indexDocument": "index.html"}}),
    ),
    unknown_passes_because="A website configuration that is unknown is there all the same.",
    bad=(
        Example(
            {"bucket": "blog.uploads"},
            finds=("bucket has other characters than lower-case letters, digits and hyphens",),
        ),
        Example({"bucket": "Blog"}, finds=("bucket has other characters than lower-case letters, digits and hyphens",)),
    ),
)
def s3_name_dns_compliant(resource: Resource) -> Iterator[str]:
    """A bucket's name fits AWS's certificate, which has no place for a dot in it.

    A website's bucket has the name of its domain, and no TLS. Amazon S3 User Guide, "Bucket naming rules".
    """
    dotted = "." if resource.props.has("website") else ""
    if re.search(rf"[^a-z0-9{dotted}-]", resource.props.text("bucket") or ""):
        yield "bucket has other characters than lower-case letters, digits and hyphens"


@resource_rule(
    "rds-ca-certificate-modern",
    title="RDS DB instances do not use a retired CA certificate",
    types=("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"),
    category="encryption",
    severity="low",
    env="same",
    tier="extended",
    sources=("checkov:CKV_AWS_211",),
    fix="Set caCertIdentifier to rds-ca-rsa2048-g1, or leave it out.",
    good=(Example({}), Example({"caCertIdentifier": "rds-ca-rsa2048-g1"})),
    bad=(
        Example({"caCertIdentifier": "rds-ca-2019"}, finds=("caCertIdentifier is rds-ca-2019, which is retired",)),
        Example(
            {"caCertIdentifier": "rds-ca-2019"},
            finds=("caCertIdentifier is rds-ca-2019, which is retired",),
            type="aws:rds/clusterInstance:ClusterInstance",
        ),
    ),
)
def rds_ca_certificate_modern(resource: Resource) -> Iterator[str]:
    """A database's certificate is of an authority that still stands: those named after a year are retired."""
    authority = resource.props.text("caCertIdentifier") or ""
    if re.fullmatch(r"rds-ca-20\d\d", authority):
        yield f"caCertIdentifier is {authority}, which is retired"


@resource_rule(
    "athena-results-cmk",
    title="Athena query results are encrypted with a customer managed KMS key",
    types=(WORKGROUP, DATABASE),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=(
        "compliance:aws-athena-workgroup-configure-customer-managed-key",
        "compliance:aws-athena-database-configure-customer-managed-key",
    ),
    fix="Set encryptionOption to SSE_KMS and name the key.",
    good=(
        Example(
            {
                "configuration": {
                    "resultConfiguration": {
                        "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN}
                    }
                }
            }
        ),
        Example({"encryptionConfiguration": {"encryptionOption": "CSE_KMS", "kmsKey": KEY_ARN}}, type=DATABASE),
    ),
    bad=(
        Example(
            {},
            finds=(
                (
                    "configuration.resultConfiguration.encryptionConfiguration.encryptionOption "
                    "is not SSE_KMS or CSE_KMS"
                ),
            ),
        ),
        Example(
            {
                "configuration": {
                    "resultConfiguration": {"encryptionConfiguration": {"encryptionOption": "SSE_S3"}},
                }
            },
            finds=(
                (
                    "configuration.resultConfiguration.encryptionConfiguration.encryptionOption "
                    "is not SSE_KMS or CSE_KMS"
                ),
            ),
        ),
        Example(
            {"encryptionConfiguration": {"encryptionOption": "SSE_KMS"}},
            finds=("encryptionConfiguration.kmsKey is not set",),
            type=DATABASE,
        ),
        Example(
            {"encryptionConfiguration": {"encryptionOption": "CSE_KMS", "kmsKey": "alias/aws/s3"}},
            type=DATABASE,
            finds=("encryptionConfiguration.kmsKey is the AWS managed key alias/aws/s3",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)
def athena_results_cmk(resource: Resource) -> Iterator[str]:
    """Results of queries are encrypted with a key of one's own."""
    within = "configuration.resultConfiguration." if resource.type == WORKGROUP else ""
    block, key = f"{within}encryptionConfiguration", "kmsKeyArn" if resource.type == WORKGROUP else "kmsKey"
    if resource.props.text(f"{block}.encryptionOption") not in {"SSE_KMS", "CSE_KMS"}:
        yield f"{block}.encryptionOption is not SSE_KMS or CSE_KMS"
    else:
        yield from own_key(resource.props, f"{block}.{key}")
