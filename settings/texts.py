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
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:([a-z0-9-]+):(\d{12}):certificate/([\w-]+)")
CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront looks for certificates,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html."""

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:(?P<port>[1-9][0-9]{0,4}))?")
"""What a browser sends as Origin: scheme and host in lower case, no default port, nothing else,
https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin."""
_DEFAULT_PORTS = {"http": "80", "https": "443"}


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
    for origin in settings.cors_origins:
        parts = _ORIGIN.fullmatch(origin)
        if not parts or parts["port"] == _DEFAULT_PORTS[parts["scheme"]]:
            yield (
                f"{settings.project}:corsOrigins has {origin!r}, but each must be like https://blog.example.com: "
                "scheme and host in lower case, without a path or the scheme's own port"
            )
    yield from _names_of_its_own(settings)


def _names_of_its_own(settings: Settings) -> Iterator[str]:
    """Name the domain names that are no hosts, and the certificates that their service cannot use."""
    used = (("domain_name", "certificate_arn", settings.region, "API Gateway"),
            ("site_domain_name", "site_certificate_arn", CLOUDFRONT_REGION, "CloudFront"))  # fmt: skip
    for name, certificate_name, region, service in used:
        host: str | None = getattr(settings, name)
        if host and not _HOST.fullmatch(host):
            yield f"{settings.project}:{key_of(name)} is {host!r}, but must be like blog.example.com"
        zone = settings.hosted_zone
        if host and zone and host != zone and not host.endswith(f".{zone}"):
            yield (
                f"{settings.project}:{key_of(name)} is {host!r}, which is not in {settings.project}:hostedZone {zone}; "
                f"give a name that ends with .{zone}, or leave hostedZone out"
            )
        certificate: str | None = getattr(settings, certificate_name)
        found = _CERTIFICATE.fullmatch(certificate) if certificate else None
        if certificate and (not found or found[1] != region):
            yield (
                f"{settings.project}:{key_of(certificate_name)} is {certificate!r}, but {service} takes an ACM "
                f"certificate in {region}: arn:aws:acm:{region}:ACCOUNT:certificate/ID"
            )
        elif found and not (found[2].strip("0") and found[3].strip("0-")):
            yield (
                f"{settings.project}:{key_of(certificate_name)} is {certificate!r}, which is a placeholder; give the "
                "ARN of a certificate of yours, or a hostedZone in which one is created"
            )
        if certificate and settings.hosted_zone:
            yield (
                f"{settings.project}:{key_of(certificate_name)} is set although {settings.project}:hostedZone is, in "
                "which a certificate is created; leave one of them out"
            )
    if settings.hosted_zone and not _HOST.fullmatch(settings.hosted_zone):
        yield f"{settings.project}:hostedZone is {settings.hosted_zone!r}, but must be like example.com"
    if settings.hosted_zone and not (settings.domain_name or settings.site_domain_name):
        yield (
            f"{settings.project}:hostedZone is set, but neither {settings.project}:domainName nor "
            f"{settings.project}:siteDomainName is; give a name in the zone, or leave hostedZone out"
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
