"""Decided findings that have one cause: one finding, which names all rules that it breaks.

What waivers and the baseline accept is taken out first, rule by rule, so that neither covers more than its own words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from serverless_guard.enforcement import Enforcement
from serverless_guard.program import Program
from serverless_guard.rules.rule import SEVERITIES, Finding, Rule

BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BLOCKED: Final = ("s3-public-access-block-attached", "s3-public-access-block-complete")
"""The rule about a bucket, and the rule about its block: a block with a gap breaks both."""

REFINED: Final[dict[str, str]] = {
    "apigateway-structured-access-log": "apigateway-access-logging",
    "athena-results-cmk": "athena-results-encrypted",
    "cloudfront-viewer-tls12": "cloudfront-custom-certificate",
    "dynamodb-cmk": "dynamodb-encryption-not-disabled",
    "elasticache-cmk": "elasticache-encryption-at-rest",
    "lambda-runtime-latest": "lambda-runtime-supported",
    "rds-cmk": "rds-storage-encrypted",
    "s3-encryption-kms": "s3-encryption-configured",
    "sns-cmk": "sns-encryption",
    "sqs-cmk": "sqs-encryption",
}
"""Rules about how a setting is made, with the rules about whether it is made at all."""

SETTINGS: Final = frozenset(
    {
        *REFINED.values(),
        "apigateway-http-throttling",
        "cognito-password-policy",
        "elasticache-multi-az",
        "lambda-error-alarm",
        "lambda-esm-bounded-retries",
    }
)
"""Rules about a setting of several parts: all that they find of a resource has one cause."""

STATEMENT: Final = re.compile(r"\S*Statement\[\d+\]")
"""How the words of a finding about one statement of a document begin."""
EXCESSIVE: Final = (
    "iam-no-admin-statement",
    "iam-no-action-star",
    "iam-no-full-iam-access",
    "iam-passrole-scoped",
    "iam-no-unconstrained-permissions-management",
    "iam-no-service-wildcard-action",
    "iam-kms-decrypt-scoped",
    "iam-no-resource-star-on-scopable-action",
    "iam-no-unconstrained-write",
    "iam-no-partial-wildcard-mutating-action",
    "iam-lambda-logs-scoped",
    "iam-no-resource-policy-changes",
    "iam-runtime-role-no-destructive-actions",
)
"""Rules that an identity's statement breaks by allowing too much, the one that says most first."""


def merge_causes(findings: Sequence[Finding], program: Program, enforcement: Enforcement) -> list[Finding]:
    """Merge the decided findings of one cause, and keep all others.

    The merged finding stands where the first of them stood; its rule is the first that blocks, by severity or, of rules
    about one statement, by how much they say; the others are its `also`.
    """
    by_cause: dict[object, list[Finding]] = {}
    broken = {(one.label, one.rule.id) for one in findings if one.decided}
    for finding in findings:
        by_cause.setdefault(_cause(finding, broken, program), []).append(finding)
    return [_merged(several, enforcement) for several in by_cause.values()]


def _cause(finding: Finding, broken: set[tuple[str, str]], program: Program) -> object:
    """Give what the findings of one cause have in common; an object of its own for any other finding."""
    rule, label = finding.rule.id, finding.label
    statement = STATEMENT.match(finding.message)
    if finding.decided and rule in EXCESSIVE and statement:
        return label, statement[0]
    if finding.decided and (label, REFINED.get(rule, "")) in broken:
        return label, REFINED[rule]
    if finding.decided and rule in SETTINGS:
        return label, rule
    if finding.decided and rule == BLOCKED[0] and finding.resource:
        blocks = (one.label for one in program.referring(finding.resource, "bucket", BLOCK))
        return next(((one, BLOCKED[1]) for one in blocks if (one, BLOCKED[1]) in broken), id(finding))
    return (label, rule) if finding.decided and rule == BLOCKED[1] else id(finding)


def _merged(several: Sequence[Finding], enforcement: Enforcement) -> Finding:
    if len(several) == 1:
        return several[0]
    main, *more = sorted(several, key=lambda one: (not enforcement.is_mandatory(one), _rank(one.rule)))
    return replace(main, also=tuple(more))


def _rank(rule: Rule) -> int:
    """Give the place of a rule among those of its cause: the one that says most, or is most severe, comes first."""
    return EXCESSIVE.index(rule.id) if rule.id in EXCESSIVE else -SEVERITIES.index(rule.severity)


def split(findings: Iterable[Finding]) -> list[Finding]:
    """Give each finding of each rule by itself, as waivers, exceptions and the baseline look at them."""
    return [part for finding in findings for part in (replace(finding, also=()), *finding.also)]
