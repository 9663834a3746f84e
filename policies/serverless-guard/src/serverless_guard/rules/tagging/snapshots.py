"""Tags that follow what is copied."""

from serverless_guard.rules.conditions import is_true
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule

rds_copy_tags_to_snapshot = Rule(
    id="rds-copy-tags-to-snapshot",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="tagging",
    severity="low",
    env="same",
    sources=(
        "checkov:CKV_AWS_313",
        "checkov:CKV2_AWS_60",
        "fsbp:RDS.16",
        "fsbp:RDS.17",
        "fsbp:RDS.47",
    ),
    title="RDS DB instances and clusters copy tags to snapshots",
    rationale="A snapshot has its database's tags.",
    fix="Set copyTagsToSnapshot to true.",
    remedy=sets("copyTagsToSnapshot", to=True),
    check=is_true("copyTagsToSnapshot"),
    good=(Example({"copyTagsToSnapshot": True}),),
    bad=(
        Example({}, finds=("copyTagsToSnapshot is not true",)),
        Example({}, finds=("copyTagsToSnapshot is not true",), type="aws:rds/instance:Instance"),
    ),
)
