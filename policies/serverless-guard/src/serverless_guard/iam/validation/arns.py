"""Which resources a document names: the parts of their ARNs.

Source: Service Authorization Reference (the ARN of each kind of resource); IAM User Guide, "IAM JSON policy elements:
Resource" and "IAM policy elements: Variables and tags"; `PAGE`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from serverless_guard.iam import service_data
from serverless_guard.iam.partitions import PARTITIONS, REGIONS
from serverless_guard.iam.pattern import overlap
from serverless_guard.iam.validation.problem import Kind, Problem
from serverless_guard.iam.validation.texts import suggestion, texts, wild

FIELDS: Final = 6
OF_KINDS: Final = frozenset({"INVALID_ARN_RESOURCE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"})
"""Checks of the kind of resource rather than of the form of its ARN."""
_ACCOUNT: Final = re.compile(r"[\d*?]{1,12}")
_WITHOUT_DIGITS: Final = frozenset({"aws", "cloudfront", "offering", "amazon"})
"""What stands in the ARNs of AWS's own resources where others have an account."""


class Arn(NamedTuple):
    """The parts of an ARN."""

    arn: str
    partition: str
    service: str
    region: str
    account: str
    resource: str


def of_statement(body: Mapping[str, Any], where: str, kind: Kind) -> Iterator[Problem]:
    """Check Resource and NotResource of a statement."""
    for name in ("Resource", "NotResource"):
        if kind.family == "trust" and name in body:
            message = f"a trust policy speaks of its own role and takes no {name}"
            yield Problem("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", where, message)
            continue
        for text in texts(body.get(name)):
            problem = _refusal(text, kind)
            if problem:
                element = "resource" if problem[0] in OF_KINDS else "document"
                yield Problem(problem[0], f"{where}.{name}", f"{text}: {problem[1]}", element)


def _refusal(text: str, kind: Kind) -> tuple[str, str] | None:
    """Say why AWS refuses a resource."""
    if not text.strip("*") and text:
        return None
    if text.startswith("execute-api:/") and "execute-api" in kind.services:
        return None  # Amazon API Gateway Developer Guide, "API Gateway resource policies": the part before is filled in
    parts = text.split(":", FIELDS - 1)
    if parts[0] != "arn":
        return "INVALID_ARN_PREFIX", "a Resource is * or starts with arn:"
    if kind.shorter_arns and len(parts) > 2 and parts[-1] == "*":  # noqa: PLR2004  a service and what it has
        parts += ["*"] * (FIELDS - len(parts))
    if len(parts) < FIELDS:
        return "MISSING_ARN_FIELD", "an ARN has six fields, arn:partition:service:region:account:resource"
    arn = Arn(*parts)
    return _partition(arn) or _service(arn) or _region(arn) or _account(arn) or _resource(arn) or _owner(arn, kind)


def _partition(arn: Arn) -> tuple[str, str] | None:
    if "${" in ":".join(arn[:5]):
        return "VARIABLE_UNSUPPORTED_IN_ELEMENT", "a policy variable may stand after the fifth colon only"
    if wild(arn.partition) or arn.partition in PARTITIONS:
        return None
    return "INVALID_PARTITION", f"AWS has no partition {arn.partition or 'without a name'}; use {', '.join(PARTITIONS)}"


def _service(arn: Arn) -> tuple[str, str] | None:
    if wild(arn.service):
        return "INVALID_SERVICE", "the service of an ARN takes no wildcard"
    if service_data.named_in_arns(arn.service):
        return None
    if service_data.named_in_arns(arn.service.lower()):
        return "INVALID_ARN_SERVICE_CASE", f"write the service {arn.service} in lower case"
    meant = suggestion(arn.service, tuple(service_data.prefixes()))
    return "INVALID_SERVICE", f"AWS has no service {arn.service or 'without a name'}{meant}"


def _region(arn: Arn) -> tuple[str, str] | None:
    if not arn.region or wild(arn.region):
        return None
    if arn.region not in REGIONS:
        return "INVALID_ARN_REGION", f"AWS has no region {arn.region}{suggestion(arn.region, sorted(REGIONS))}"
    if not wild(arn.partition) and arn.region not in PARTITIONS[arn.partition]:
        return "INVALID_ARN_REGION", f"the region {arn.region} is not in the partition {arn.partition}"
    return None


def _account(arn: Arn) -> tuple[str, str] | None:
    digits = arn.account.isdigit() and len(arn.account) == 12  # noqa: PLR2004  the length of an account number
    pattern = wild(arn.account) and _ACCOUNT.fullmatch(arn.account)
    if not arn.account or digits or pattern or arn.account in _WITHOUT_DIGITS:
        return None
    return "INVALID_ARN_ACCOUNT", f"{arn.account} is no account number of 12 digits"


def _resource(arn: Arn) -> tuple[str, str] | None:
    """Compare an ARN with those of the service's kinds of resource, as far as the reference lists them."""
    if not arn.resource:
        return "INVALID_ARN_RESOURCE", "the resource of the ARN is empty"
    forms = service_data.arn_forms(arn.service)
    if not forms or arn.resource == "root":
        return None
    fitting = [form for form in forms if overlap(arn.resource, form.resource)]
    if not fitting:
        return "INVALID_ARN_RESOURCE", f"{arn.service} has no resource of this form"
    return _filled(arn, fitting)


def _filled(arn: Arn, fitting: list[service_data.ArnForm]) -> tuple[str, str] | None:
    """Compare region and account with those of the kinds of resource whose names have the form."""
    regional = [form for form in fitting if _has(arn.region, form.region)]
    if any(_has(arn.account, form.account) for form in regional):
        return None
    field, given = ("account", arn.account) if regional else ("Region", arn.region)
    if given:
        return f"ARN_{field.upper()}_NOT_ALLOWED", f"the ARN of this resource of {arn.service} has no {field.lower()}"
    message = f"the ARN of this resource of {arn.service} needs its {field.lower()}, or *"
    return f"MISSING_ARN_{field.upper()}", message


def _has(field: str, form: str) -> bool:
    """Tell whether a field of an ARN is filled exactly where the form of the resource fills it."""
    return field == "*" or bool(field) == bool(form)


def _owner(arn: Arn, kind: Kind) -> tuple[str, str] | None:
    if kind.family != "resource" or not kind.services or arn.service in kind.services:
        return None
    owners = " or ".join(sorted(kind.services))
    return "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", f"is no resource of {owners}, whose policy this is"
