"""A pack of one policy that does nothing, written as the SDK for Python has it: what any pack costs at least."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def nothing(_args: ResourceValidationArgs, _report: ReportViolation) -> None:
    """Find nothing."""


policy = ResourceValidationPolicy("nothing", "Nothing", nothing, EnforcementLevel.MANDATORY)
PolicyPack("empty", policies=[policy])
