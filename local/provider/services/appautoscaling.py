"""Application Auto Scaling.

Sources: https://docs.aws.amazon.com/autoscaling/application/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/appautoscaling/.
"""

from local.provider.kept import kept

_SCALED = ("serviceNamespace", "resourceId", "scalableDimension")

TARGET = kept("aws:appautoscaling/target:Target", key=_SCALED, replaces=frozenset(_SCALED), named="")

POLICY = kept(
    "aws:appautoscaling/policy:Policy",
    key=(*_SCALED, "name"),
    replaces=frozenset({*_SCALED, "name"}),
    defaults={"policyType": "StepScaling"},
)
