"""The files that browsers load: a bucket, and in it what lies in `assets/`."""

import hashlib
import mimetypes
from pathlib import Path

import pulumi
from pulumi_aws import s3

from components.access.resource_policy import ServiceAccess
from components.deployment import Deployment
from components.storage.bucket import Bucket

SOURCES = Path("assets")

PAGE_SECONDS = 60
"""How long browsers keep a page: it names the other files, so that a deployment shows within a minute."""

FILE_SECONDS = 24 * 60 * 60
"""How long they keep other files."""


class Assets(pulumi.ComponentResource):
    """The files of `assets/` in a bucket that only CloudFront reads, for this account.

    Args:
        deployment: What it shares with the other parts.
        logs: The bucket that takes the access logs.
        opts: Options of the component.
    """

    bucket: Bucket

    def __init__(self, *, deployment: Deployment, logs: Bucket, opts: pulumi.ResourceOptions | None = None) -> None:
        name = f"{deployment.prefix}-assets"
        super().__init__("blog:assets:Assets", name, None, opts)
        distributions = ServiceAccess(
            service="cloudfront.amazonaws.com",
            actions=["s3:GetObject"],
            source=deployment.arns.worldwide("cloudfront", "distribution/*"),
            part="/*",
            says_account=False,
        )
        self.bucket = Bucket(
            "assets",
            deployment=deployment,
            logs=logs,
            cold_storage="GLACIER_IR",
            services=[distributions],
            opts=pulumi.ResourceOptions(parent=self),
        )
        for file in sorted(path for path in SOURCES.rglob("*") if path.is_file()):
            key = file.relative_to(SOURCES).as_posix()
            kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
            s3.BucketObjectv2(
                f"{name} {key}",
                bucket=self.bucket.name,
                key=key,
                source=pulumi.FileAsset(file.as_posix()),
                source_hash=hashlib.sha256(file.read_bytes()).hexdigest(),
                content_type=kind,
                cache_control=f"public, max-age={PAGE_SECONDS if kind == 'text/html' else FILE_SECONDS}",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[self.bucket]),
            )
        self.register_outputs({"bucket": self.bucket.name})
