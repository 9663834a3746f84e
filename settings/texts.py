"""What AWS takes as a name, a tag, an address or an ARN: texts that no list of choices can hold."""

import re
from collections.abc import Iterator

from settings.stack import Settings, key_of

LONGEST_PREFIX = 41
LONGEST_PREFIX_WITH_CACHE = 26
LONGEST_PREFIX_WITH_ACCELERATOR = 16
"""What is left for a prefix where the longest name of its kind is still taken: a role (`-rotate-ledger-password`, 64
characters), a bucket (`-uploads-` and the account, 63), a user of ElastiCache (`-cache-default`, 40), and a cluster of
DAX (`-dax`, 20). Other names are shorter or may be longer.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html,
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_dax_CreateCluster.html"""

_PREFIX = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""What buckets, databases, caches and clusters of DAX all take."""

_TAG = re.compile(r"[\w .:/=+@-]{1,256}")
"""https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_CERTIFICATE_FOR_CLOUDFRONT = re.compile(r"arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate/[\w-]+")
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html."""


def refused_by_aws(settings: Settings) -> Iterator[str]:
    """Name the texts that AWS would refuse, some of them only when half of the stack is there."""
    yield from _prefix(settings)
    for name in ("owner", "cost_centre"):
        value: str = getattr(settings, name)
        if not _TAG.fullmatch(value):
            yield (
                f"{settings.project}:{key_of(name)} is {value!r}, but a tag takes up to 256 letters, digits, spaces "
                "and _ . : / = + @ - only"
            )
    for email in settings.alert_emails:
        if not _EMAIL.fullmatch(email):
            yield f"{settings.project}:alertEmails has {email!r}, but each must be like blog-team@example.com"
    host, certificate = settings.site_domain_name, settings.site_certificate_arn
    if host and not _HOST.fullmatch(host):
        yield f"{settings.project}:siteDomainName is {host!r}, but must be like blog.example.com"
    if certificate and not _CERTIFICATE_FOR_CLOUDFRONT.fullmatch(certificate):
        yield (
            f"{settings.project}:siteCertificateArn is {certificate!r}, but must be the ARN of a certificate of ACM in "
            "us-east-1, where alone CloudFront looks: arn:aws:acm:us-east-1:ACCOUNT:certificate/ID"
        )


def _prefix(settings: Settings) -> Iterator[str]:
    """Judge what every physical name begins with."""
    prefix, project = settings.prefix, settings.project
    if not _PREFIX.fullmatch(prefix):
        yield (
            f"the stack {settings.stack!r} of the project {project!r} gives names like {prefix}-table, but AWS takes "
            "lower-case letters, digits and single hyphens, a letter first; rename it with: pulumi stack rename"
        )
    longest, what = LONGEST_PREFIX, "buckets and roles"
    if settings.cache != "none":
        longest, what = LONGEST_PREFIX_WITH_CACHE, f"users of a cache ({project}:cache)"
    if settings.dax_nodes:
        longest, what = LONGEST_PREFIX_WITH_ACCELERATOR, f"accelerators ({project}:daxNodes)"
    if len(prefix) > longest:
        yield (
            f"{prefix} has {len(prefix)} characters, but AWS's names of {what} have room for {longest}; "
            "choose a shorter name with: pulumi stack rename"
        )
