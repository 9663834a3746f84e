"""Locks that outlast whoever has the rights to delete."""

from collections.abc import Iterable, Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import any_holds, has_companion, is_one_of, is_true
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

BUCKET = "aws:s3/bucket:Bucket"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
VAULT = "aws:backup/vault:Vault"
VAULT_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
KEEP = {"Effect": "Deny", "Action": "backup:DeleteRecoveryPoint", "Resource": "*", "Principal": "*"}


def _mfa_delete(resource: Resource) -> Iterable[str]:
    if resource.type != BUCKET:
        return is_one_of("versioningConfiguration.mfaDelete", "Enabled")(resource)
    return is_true("versioning.mfaDelete")(resource) if resource.props.has("versioning") else ()


s3_mfa_delete = Rule(
    id="s3-mfa-delete",
    types=("aws:s3/bucketVersioning:BucketVersioning", BUCKET),
    category="deletion-protection",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("trivy:AWS-0170", "fsbp:S3.20"),
    title="S3 buckets have MFA delete enabled",
    rationale="Deleting a version of an object takes a second factor.",
    fix="Set versioningConfiguration.mfaDelete to Enabled, with the root user's device.",
    check=_mfa_delete,
    good=(
        Example({"versioningConfiguration": {"status": "Enabled", "mfaDelete": "Enabled"}}),
        Example({"versioning": {"enabled": True, "mfaDelete": True}}, type=BUCKET),
        Example({}, type=BUCKET),
    ),
    bad=(
        Example(
            {"versioningConfiguration": {"status": "Enabled"}},
            finds=("versioningConfiguration.mfaDelete is not Enabled",),
        ),
        Example({"versioning": {"enabled": True}}, type=BUCKET, finds=("versioning.mfaDelete is not true",)),
    ),
)


@stack_rule(
    "s3-object-lock",
    title="S3 buckets have Object Lock enabled",
    types=(BUCKET, OBJECT_LOCK),
    category="deletion-protection",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:Nag-S3BucketDefaultLockEnabled", "checkov:CKV_AWS_143", "fsbp:S3.15"),
    fix="Set objectLockEnabled to true, and add an aws.s3.BucketObjectLockConfiguration.",
    good=(
        Example({"objectLockEnabled": True}),
        Example({}, others=(Example({}, type=OBJECT_LOCK, name="l", depends={"bucket": ("subject",)}),)),
        Example({"objectLockConfiguration": {"objectLockEnabled": "Enabled"}}),
    ),
    bad=(
        Example({}, finds=("objectLockEnabled is not true",)),
        Example({"objectLockEnabled": False}, finds=("objectLockEnabled is not true",)),
    ),
)
def s3_object_lock(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Nobody overwrites or deletes an object before its time. Only who keeps audit data switches the rule on."""
    for bucket in stack.of(BUCKET):
        if not stack.referring(bucket, "bucket", OBJECT_LOCK) and not _locks(bucket.props):
            yield bucket, "objectLockEnabled is not true"


def _locks(bucket: Block) -> bool:
    return any_holds(
        lambda: bucket.flag("objectLockEnabled") is True,
        lambda: bucket.text("objectLockConfiguration.objectLockEnabled") == "Enabled",
    )


backup_vault_locked = Rule(
    id="backup-vault-locked",
    types=(VAULT, VAULT_LOCK),
    category="deletion-protection",
    severity="low",
    env="prod-only",
    tier="extended",
    title="AWS Backup vaults have AWS Backup Vault Lock configured",
    rationale="A backup is not deleted before its time.",
    fix="Add an aws.backup.VaultLockConfiguration for the vault.",
    stack=True,
    check=has_companion(VAULT, VAULT_LOCK, "backupVaultName", missing="the vault has no VaultLockConfiguration"),
    good=(Example({}, others=(Example({}, type=VAULT_LOCK, name="l", depends={"backupVaultName": ("subject",)}),)),),
    bad=(
        Example({}, finds=("the vault has no VaultLockConfiguration",)),
        Example(
            {}, finds=("the vault has no VaultLockConfiguration",), others=(Example({}, type=VAULT_LOCK, name="l"),)
        ),
    ),
)


@resource_rule(
    "backup-vault-policy-denies-delete",
    title="AWS Backup vault policies deny deleting recovery points",
    types=("aws:backup/vaultPolicy:VaultPolicy",),
    category="deletion-protection",
    severity="low",
    env="prod-only",
    tier="extended",
    fix="Add a statement that denies backup:DeleteRecoveryPoint to everybody, and name who is allowed.",
    good=(
        Example(policy(KEEP)),
        Example(policy(KEEP, allow("backup:CopyIntoBackupVault", "*", Principal={"AWS": "123456789012"}))),
    ),
    bad=(
        Example({}, finds=("policy does not deny backup:DeleteRecoveryPoint",)),
        Example(
            policy(allow("backup:CopyIntoBackupVault", "*", Principal={"AWS": "123456789012"})),
            finds=("policy does not deny backup:DeleteRecoveryPoint",),
        ),
    ),
)
def backup_vault_policy_denies_delete(resource: Resource) -> Iterator[str]:
    """A vault's policy keeps its backups. That it is not for everybody is the rule resource-policy-not-public."""
    document = policy_locations.access(resource)
    denied = document is not None and any(one.denies("backup:DeleteRecoveryPoint") for one in document.statements)
    if not denied:
        yield "policy does not deny backup:DeleteRecoveryPoint"
