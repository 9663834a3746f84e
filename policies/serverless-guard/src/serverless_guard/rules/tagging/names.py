"""Names by which people find a thing."""

from serverless_guard.rules.conditions import has_companion
from serverless_guard.rules.rule import Example, Rule

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"

kms_alias_present = Rule(
    id="kms-alias-present",
    types=(KEY, ALIAS),
    category="tagging",
    severity="low",
    env="same",
    tier="extended",
    title="KMS keys have an alias",
    rationale="A key has a name beside its id.",
    fix="Add an aws.kms.Alias for the key.",
    stack=True,
    check=has_companion(KEY, ALIAS, "targetKeyId", missing="the key has no Alias"),
    good=(Example({}, others=(Example({}, type=ALIAS, name="a", depends={"targetKeyId": ("subject",)}),)),),
    bad=(
        Example({}, finds=("the key has no Alias",)),
        Example({}, finds=("the key has no Alias",), others=(Example({}, type=ALIAS, name="a"),)),
    ),
)
