"""Buckets that only their own account uses, over TLS, and that keep what is overwritten or deleted."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import s3

from components.access.resource_policy import ServiceAccess, tls_only
from components.deployment import Deployment
from components.iam import Statement, document
from components.protection import stateful
from components.storage.bucket_lifecycle import ColdStorage, lifecycle_rules


class Bucket(pulumi.ComponentResource):
    """A bucket for one purpose: private, encrypted, versioned, cheaper the older its objects get.

    The key of ours that encrypts it, if there is one, is used through S3 by whoever may use the bucket, so that no
    grant names it: its policy is in components/access/key.py.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html

    Args:
        purpose: What it is for, such as `uploads`. The physical name has the prefix before it, and after it the
            account, for all accounts share one space of names.
        deployment: What it shares with the other parts.
        logs: The bucket that takes its access logs.
        cold_storage: Where objects go after 90 days. Athena and CloudFront can read `GLACIER_IR` only.
        expire_after_days: When objects are deleted; None for never.
        services: The services of AWS that may use it.
        opts: Options of the component.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    domain_name: pulumi.Output[str]

    def __init__(
        self,
        purpose: str,
        *,
        deployment: Deployment,
        logs: "Bucket | None",
        cold_storage: ColdStorage = "GLACIER",
        expire_after_days: int | None = None,
        services: Sequence[ServiceAccess] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-{purpose}"
        super().__init__("blog:bucket:Bucket", name, None, opts)
        self._purpose = purpose.capitalize()
        account = deployment.arns.account
        self._arn = deployment.arns.bucket(f"{name}-{account}")
        child = pulumi.ResourceOptions(parent=self)
        bucket = s3.Bucket(
            name,
            bucket=f"{name}-{account}",
            # What nobody depends on can be taken down together with what is in it.
            force_destroy=not deployment.protection,
            opts=stateful(self, protection=deployment.protection),
        )
        private = s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        # S3 answers two changes at once of who may use a bucket with OperationAborted, so that they come one by one.
        owned = s3.BucketOwnershipControls(
            name,
            bucket=bucket.bucket,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[private]),
        )
        s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=document(
                [
                    tls_only("s3", self._arn, f"{self._arn}/*"),
                    *(service.statement(self._arn, account) for service in services),
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[owned]),
        )
        s3.BucketServerSideEncryptionConfiguration(
            name, bucket=bucket.bucket, rules=[_encryption(deployment.key_arn)], opts=child
        )
        versioning = s3.BucketVersioning(
            name,
            bucket=bucket.bucket,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=child,
        )
        s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.bucket,
            rules=lifecycle_rules(cold_storage=cold_storage, expire_after_days=expire_after_days),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
        if logs:
            s3.BucketLogging(
                name,
                bucket=bucket.bucket,
                target_bucket=logs.name,
                target_prefix=f"buckets/{purpose}/",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[logs]),
            )
        self.name, self.arn, self.domain_name = bucket.bucket, bucket.arn, bucket.bucket_regional_domain_name
        self.register_outputs({"name": self.name, "arn": self.arn})

    def grant_read(self, *keys: str) -> Statement:
        """The statement that allows to read the objects of some keys (patterns; by default all) as they are now."""
        return self._grant("Read", ["s3:GetObject"], keys)

    def grant_read_versions(self, *keys: str) -> Statement:
        """The statement that allows to read objects in the version that an event names, overwritten or not."""
        return self._grant("ReadVersionsOf", ["s3:GetObjectVersion"], keys)

    def grant_write(self, *keys: str) -> Statement:
        """The statement that allows to write the objects of some keys (patterns; by default all)."""
        return self._grant("Write", ["s3:PutObject"], keys)

    def _grant(self, sid: str, actions: Sequence[str], keys: Sequence[str]) -> Statement:
        objects = [f"{self._arn}/{key}" for key in keys or ("*",)]
        return Statement(sid=f"{sid}{self._purpose}", actions=actions, resources=objects)


def _encryption(key_arn: pulumi.Input[str] | None) -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
    """Encryption with a key of ours, of which S3 keeps one for the bucket to ask KMS less often, or with S3's own."""
    return s3.BucketServerSideEncryptionConfigurationRuleArgs(
        bucket_key_enabled=bool(key_arn),
        apply_server_side_encryption_by_default=s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms" if key_arn else "AES256", kms_master_key_id=key_arn
        ),
    )
