"""The values of conditions: their type, and the form that a key's values have.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", and `PAGE`.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from ipaddress import ip_network
from typing import Final

from serverless_guard.iam.partitions import REGIONS
from serverless_guard.iam.validation import keys
from serverless_guard.iam.validation.texts import suggestion, wild

Refusal = tuple[str, str]

FAMILIES: Final = ("string", "numeric", "date", "bool", "binary", "ip", "arn", "null")
_SERVICE: Final = re.compile(r"[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazon\.com)")
_VIA: Final = re.compile(r"[a-z0-9-]+\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?")
_KEY_ARN: Final = re.compile(r"arn:[^:]+:kms:[^:]+:\d{12}:key/[^/]+")
_USER_ID: Final = re.compile(r"[^*?$:]+(:.*)?|[*]:.*|\$\{[^}]*\}:.*")


def family(comparison: str) -> str:
    """Give the family of an operator: string, numeric, date, bool, binary, ip, arn or null."""
    plain = comparison.removeprefix("not")
    return "ip" if plain == "ipaddress" else next((one for one in FAMILIES if plain.startswith(one)), "")


def typed(comparison: str, value: str) -> Refusal | None:
    """Say why an operator cannot compare with a value."""
    kind = family(comparison)
    if "${" in value and kind not in {"string", "arn"}:
        return "INVALID_VARIABLE_FOR_OPERATOR", f"{value}: only String and Arn operators take policy variables"
    test = _TESTS.get(kind)
    return None if test is None or test[0](value) else (test[1], f"{value} {test[2]}")


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None


def _is_boolean(value: str) -> bool:
    return value.lower() in {"true", "false"}


def _is_date(value: str) -> bool:
    """Tell whether a value is a date of ISO 8601 or seconds since 1970, as "Date condition operators" has it."""
    if re.fullmatch(r"-?\d+", value):
        return True
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_range(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return False
    return True


def _is_arn(value: str) -> bool:
    return value[:1] in {"*", "$"} or (value.startswith("arn:") and (value.count(":") >= 5 or wild(value)))  # noqa: PLR2004


_TESTS: Final[dict[str, tuple[Callable[[str], bool], str, str]]] = {
    "numeric": (_is_number, "TYPE_MISMATCH_NUMBER", "is no number"),
    "bool": (_is_boolean, "TYPE_MISMATCH_BOOLEAN", "is neither true nor false"),
    "null": (_is_boolean, "TYPE_MISMATCH_BOOLEAN", "is neither true nor false"),
    "date": (_is_date, "TYPE_MISMATCH_DATE", "is no date; write it as 2030-01-31T00:00:00Z"),
    "ip": (_is_range, "TYPE_MISMATCH_IP_RANGE", "is no address range; write it as 192.0.2.0/24"),
    "binary": (_is_base64, "TYPE_MISMATCH_STRING", "is not encoded in Base64"),
    "arn": (_is_arn, "TYPE_MISMATCH", "is no ARN"),
}


def formed(key: str, value: str) -> Refusal | None:
    """Say why a value never is one of a key, whatever the operator; a value with wildcards or variables may be."""
    test = _FORMS.get(key.lower())
    return None if test is None or wild(value) or "${" in value else test(value)


def _vpc(value: str) -> Refusal | None:
    ok = re.fullmatch(r"vpc-([0-9a-z]{8}|[0-9a-z]{17})", value)
    return None if ok else ("INVALID_VPC_FORMAT", f"{value} is no VPC: vpc- and 8 or 17 letters and digits")


def _vpce(value: str) -> Refusal | None:
    ok = re.fullmatch(r"vpce-([0-9a-z]{8}|[0-9a-z]{17})", value)
    return None if ok else ("INVALID_VPCE_FORMAT", f"{value} is no VPC endpoint: vpce- and 8 or 17 letters and digits")


def _region(value: str) -> Refusal | None:
    meant = suggestion(value, sorted(REGIONS))
    return None if value in REGIONS else ("INVALID_REGION", f"AWS has no region {value}{meant}")


def _principal(value: str) -> Refusal | None:
    code = "INVALID_SERVICE_PRINCIPAL_FORMAT"
    return None if _SERVICE.fullmatch(value) else (code, f"{value} is no service principal, such as s3.amazonaws.com")


def _via(value: str) -> Refusal | None:
    found = _VIA.fullmatch(value)
    if found and found[1] in REGIONS:
        return None
    return "INVALID_SERVICE_PRINCIPAL_FORMAT", f"{value} is not written as s3.eu-west-1.amazonaws.com"


def _kms_key(value: str) -> Refusal | None:
    return None if _KEY_ARN.fullmatch(value) else ("INVALID_KMS_KEY_VALUE", f"{value} is not the ARN of a KMS key")


_FORMS: Final[dict[str, Callable[[str], Refusal | None]]] = {
    "aws:sourcevpc": _vpc,
    "aws:sourcevpce": _vpce,
    "aws:requestedregion": _region,
    "ec2:region": _region,
    "aws:calledvia": _principal,
    "aws:calledviafirst": _principal,
    "aws:calledvialast": _principal,
    "aws:principalservicename": _principal,
    "aws:principalservicenameslist": _principal,
    "iam:passedtoservice": _principal,
    "iam:awsservicename": _principal,
    "sts:awsservicename": _principal,
    "kms:viaservice": _via,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": _kms_key,
}


def too_permissive(key: str, value: str, *, like: bool, variables: bool) -> Iterator[Refusal]:
    """Say why a value lets through nearly anything where a key must be compared with what it is.

    Args:
        key: The condition key.
        value: A value of it.
        like: Whether the operator takes wildcards.
        variables: Whether variables are looked at as well: the caller fills them in.
    """
    lower = key.lower()
    if lower in keys.SENSITIVE:
        if like and wild(value.replace("${*}", "").replace("${?}", "")):
            yield "WILDCARD_USAGE_TOO_PERMISSIVE", f"{value}: {key} takes no wildcard, for it fixes who is meant"
        if variables and re.search(r"\$\{[^*?$]", value):
            yield "VARIABLE_USAGE_TOO_PERMISSIVE", f"{value}: {key} takes no policy variable, which its caller fills in"
    elif lower == "aws:userid" and not _USER_ID.fullmatch(value):
        if like and wild(value):
            yield "WILDCARD_USAGE_TOO_PERMISSIVE", f"{value}: write the wildcard after the colon of aws:userid"
        elif variables and "${" in value:
            yield "VARIABLE_USAGE_TOO_PERMISSIVE", f"{value}: write the variable after the colon of aws:userid"
