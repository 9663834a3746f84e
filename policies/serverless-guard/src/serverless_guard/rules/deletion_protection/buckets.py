"""Objects that survive a mistake, and stacks that do not take them along."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import has_companion, is_not
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENABLED = {"versioningConfiguration": {"status": "Enabled"}}

s3_versioning = Rule(
    id="s3-versioning",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketVersioning:BucketVersioning",
    ),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:Nag-S3BucketVersioningEnabled",
        "checkov:CKV_AWS_21",
        "trivy:AWS-0090",
        "fsbp:S3.14",
    ),
    title="S3 buckets have versioning enabled",
    rationale="A bucket keeps what is overwritten or deleted.",
    fix="Add an aws.s3.BucketVersioning with versioningConfiguration.status Enabled.",
    stack=True,
    check=has_companion(
        BUCKET,
        VERSIONING,
        "bucket",
        which=lambda one: one.props.text("versioningConfiguration.status") == "Enabled",
        inline=lambda bucket: bucket.props.flag("versioning.enabled") is True,
        missing="the bucket has no BucketVersioning that is enabled",
    ),
    good=(
        Example({}, others=(Example(ENABLED, type=VERSIONING, name="v", depends={"bucket": ("subject",)}),)),
        Example({"versioning": {"enabled": True}}),
    ),
    bad=(
        Example({}, finds=("the bucket has no BucketVersioning that is enabled",)),
        Example({"versioning": {"enabled": False}}, finds=("the bucket has no BucketVersioning that is enabled",)),
        Example(
            {},
            finds=("the bucket has no BucketVersioning that is enabled",),
            others=(
                Example(
                    {"versioningConfiguration": {"status": "Suspended"}},
                    type=VERSIONING,
                    name="v",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
)

s3_force_destroy_disabled = Rule(
    id="s3-force-destroy-disabled",
    types=("aws:s3/bucket:Bucket",),
    category="deletion-protection",
    severity="high",
    env="prod-only",
    title="S3 buckets do not enable forceDestroy",
    rationale="Deleting a bucket does not delete what is in it.",
    fix="Leave forceDestroy out.",
    remedy=sets("forceDestroy", to=False),
    check=is_not("forceDestroy", unwanted=True),
    good=(Example({}),),
    bad=(Example({"forceDestroy": True}, finds=("forceDestroy is true",)),),
)

athena_force_destroy_disabled = Rule(
    id="athena-force-destroy-disabled",
    types=(
        "aws:athena/workgroup:Workgroup",
        "aws:athena/database:Database",
    ),
    category="deletion-protection",
    severity="medium",
    env="prod-only",
    title="Athena workgroups and databases do not enable forceDestroy",
    rationale="Deleting a workgroup or database does not delete what is in it.",
    fix="Leave forceDestroy out.",
    remedy=sets("forceDestroy", to=False),
    check=is_not("forceDestroy", unwanted=True),
    good=(Example({}),),
    bad=(
        Example({"forceDestroy": True}, finds=("forceDestroy is true",)),
        Example({"forceDestroy": True}, finds=("forceDestroy is true",), type="aws:athena/database:Database"),
    ),
)

backup_vault_force_destroy_disabled = Rule(
    id="backup-vault-force-destroy-disabled",
    types=("aws:backup/vault:Vault",),
    category="deletion-protection",
    severity="high",
    env="prod-only",
    title="AWS Backup vaults do not enable forceDestroy",
    rationale="Deleting a vault does not delete the backups in it.",
    fix="Leave forceDestroy out.",
    remedy=sets("forceDestroy", to=False),
    check=is_not("forceDestroy", unwanted=True),
    good=(Example({}),),
    bad=(Example({"forceDestroy": True}, finds=("forceDestroy is true",)),),
)


@resource_rule(
    "secret-recovery-window",
    title="Secrets Manager secrets have a recovery window of at least 7 days",
    types=("aws:secretsmanager/secret:Secret",),
    category="deletion-protection",
    severity="high",
    env="prod-mandatory-dev-advisory",
    fix="Leave recoveryWindowInDays out, which is 30 days, or set it to 7 or more.",
    remedy=sets("recoveryWindowInDays", to=30),
    good=(Example({}), Example({"recoveryWindowInDays": 30}), Example({"recoveryWindowInDays": 7})),
    bad=(Example({"recoveryWindowInDays": 0}, finds=("recoveryWindowInDays is 0",)),),
)
def secret_recovery_window(resource: Resource) -> Iterator[str]:
    """A secret that was deleted by mistake can be restored for a week at least."""
    days = resource.props.number("recoveryWindowInDays")
    if days is not None and days < 7:  # noqa: PLR2004  the shortest window of Secrets Manager besides none
        yield f"recoveryWindowInDays is {days:g}"
