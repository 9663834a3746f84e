"""Names by which people find a thing."""

from policies.rules.conditions import has_companion
from policies.rules.rule import Example, Rule

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"

kms_alias_present = Rule(
    id="kms-alias-present",
    types=(KEY, ALIAS),
    promise="tagging",
    severity="low",
    env="same",
    tier="extended",
    title="A key has a name beside its id",
    fix="Add an aws.kms.Alias for the key.",
    stack=True,
    check=has_companion(KEY, ALIAS, "targetKeyId", missing="the key has no Alias"),
    good=(Example({}, others=(Example({}, type=ALIAS, name="a", depends={"targetKeyId": ("subject",)}),)),),
    bad=(Example({}), Example({}, others=(Example({}, type=ALIAS, name="a"),))),
)
