"""A program that breaks a category fails its preview, with exactly the rule of that category, whatever was typed."""

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.engine.workspace import Workspace, violated

PACK = ("--policy-pack", "policies")
GUARD = 'guard.install(production=stack.production, settings=Path("policies"))'


@dataclass(frozen=True)
class Break:
    """One change of the program, the rule that has to stop it, and another one where it breaks two promises."""

    rule: str
    file: str
    before: str
    after: str
    stack: str = "prod"
    also: str = ""

    @property
    def rules(self) -> set[str]:
        return {self.rule, self.also} - {""}


BREAKS = [
    Break("iam-no-partial-wildcard-mutating-action", "access_patterns.py", '("PutItem",)', '("PutIt*",)', "dev"),
    Break(
        "iam-no-service-wildcard-action",
        "access_patterns.py",
        '"get-post": AccessPattern(actions=("GetItem",)',
        '"get-post": AccessPattern(actions=("*",)',
        "dev",
        also="iam-runtime-role-no-destructive-actions",
    ),
    Break("iam-trust-no-wildcard-principal", "components/iam.py", '{"Service": service}', '{"AWS": "*"}', "dev"),
    Break("dynamodb-pitr", "components/data/table.py", "enabled=recovery_days > 0", "enabled=False"),
    Break(
        "dynamodb-deletion-protection", "components/data/table.py", "_enabled=deployment.protection", "_enabled=False"
    ),
    Break("dynamodb-cmk", "components/data/table.py", "if deployment.key_arn\n", "if not deployment.key_arn\n"),
    Break("stateful-resource-protected", "components/protection.py", "protect=protection", "protect=False"),
    Break("kms-rotation", "components/access/key.py", "enable_key_rotation=True", "enable_key_rotation=False"),
    Break("kms-deletion-window", "components/access/key.py", "deletion_window_in_days=30", "deletion_window_in_days=7"),
    Break("cognito-mfa", "Pulumi.prod.yaml", "blog:owner", 'blog:mfa: "OFF"\n  blog:owner'),
    Break("cognito-password-policy", "components/access/identity.py", "minimum_length=12", "minimum_length=8", "dev"),
    Break("lambda-tracing-active", "components/compute/function.py", 'mode="Active"', 'mode="PassThrough"', "dev"),
    Break(
        "lambda-env-no-plaintext-secret",
        "layers/compute.py",
        '"INFO"',
        '"INFO", "API_PASSWORD": "correct-horse-battery"',
        "dev",
    ),
    Break(
        "lambda-permission-source-scoped",
        "components/api/api.py",
        "source_arn=source_arn",
        "source_arn=None and source_arn",
        "dev",
    ),
    Break("logs-retention", "components/api/api.py", "retention_in_days=deployment.log_retention_days,", "", "dev"),
    Break("apigateway-http-route-authorization", "routes.py", '"update_user"', '"update_user", public=True', "dev"),
    Break(
        "apigateway-http-throttling",
        "components/api/http_api.py",
        "throttling_rate_limit=definition.throttle_rate,",
        "",
        "dev",
    ),
    Break("lambda-error-alarm", "components/monitoring/alarms_calls.py", 'metric("Errors")', 'metric("Invocations")'),
    Break("api-5xx-alarm", "components/monitoring/alarms_calls.py", '_api_alarms("5xx"', '_api_alarms("4xx"'),
    Break("alarm-actions-enabled", "components/monitoring/monitoring.py", "alarm_actions=[self.topic.arn],", ""),
    Break("dynamodb-in-backup-plan", "__main__.py", "backup_of(stack, ground, [table, ", "backup_of(stack, ground, ["),
    Break(
        "sns-ssl-publish-only",
        "components/monitoring/topic.py",
        'effect="Deny"',
        'effect="Allow"',
        "dev",
        also="sns-policy-not-public",
    ),
    Break(
        "elasticache-encryption-in-transit",
        "components/caching/replication_group.py",
        "transit_encryption_enabled=True",
        "transit_encryption_enabled=False",
        also="elasticache-auth",
    ),
    Break("elasticache-multi-az", "components/caching/replication_group.py", "multi_az_enabled=self.replicas > 0,", ""),
    Break(
        "secret-rotation-configured",
        "components/caching/cache.py",
        ", self._rotation(defaults, needs=users).function]",
        "]",
    ),
    Break("budget-notifies", "components/monitoring/budget.py", '("ACTUAL", "FORECASTED")', '("ACTUAL",)', "dev"),
    Break("required-tags", "settings/stack.py", '"owner": self.owner,', "", "dev"),
]


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("flags", [(), PACK], ids=["as typed", "with the pack"])
def test_a_preview_of_broken_promises_fails_with_their_rules_and_no_other(
    workspace: Workspace, stack: str, flags: tuple[str, ...]
) -> None:
    """All at once: that each change breaks its own rule alone is what tests/policies/test_mutations.py holds."""
    broken = [one for one in BREAKS if one.stack == stack]
    with ExitStack() as changes:
        for one in broken:
            changes.enter_context(workspace.changed(one.file, one.before, one.after))
        done = workspace.pulumi(stack, "preview", *flags)
    assert done.returncode != 0
    expected = {rule for one in broken for rule in one.rules}
    led = set(re.findall(r"also breaks ([a-z0-9-]+): ", done.stdout))  # by another rule of the same cause
    assert violated(done.stdout) - expected == set()
    assert expected - violated(done.stdout) - led == set()
    assert "correct-horse-battery" not in done.stdout


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_program_as_it_is_passes_its_own_rules_at_the_first_preview(workspace: Workspace, stack: str) -> None:
    done = workspace.pulumi(stack, "preview", *PACK)
    assert done.returncode == 0, done.stdout
    assert violated(done.stdout) == set()
    assert yaml.safe_load((workspace.folder / "policies/waivers.yaml").read_text()) == []


def test_the_pack_alone_refuses_what_a_program_without_the_guard_declares(workspace: Workspace) -> None:
    unguarded = workspace.changed(
        "__main__.py", 'guard.install(production=stack.production, settings=Path("policies"))', ""
    )
    untraced = workspace.changed("components/compute/function.py", 'mode="Active"', 'mode="PassThrough"')
    with unguarded, untraced:
        done = workspace.pulumi("dev", "preview", *PACK)
        plain = workspace.pulumi("dev", "preview")
    assert done.returncode != 0
    assert violated(done.stdout) == {"lambda-tracing-active"}
    assert plain.returncode == 0


def test_a_violation_is_shown_with_its_resource_its_finding_and_its_fix_and_without_a_traceback(
    workspace: Workspace,
) -> None:
    with workspace.changed("components/compute/function.py", 'mode="Active"', 'mode="PassThrough"'):
        shown = workspace.pulumi("dev", "preview").stdout
    assert "aws:lambda:Function (blog-dev-get-user)" in shown
    assert "[lambda-tracing-active]" in shown
    assert "fix: " in shown
    assert "Traceback" not in shown


def test_an_update_that_skips_the_preview_creates_nothing_that_is_refused(workspace: Workspace) -> None:
    workspace.add_stack("refused", like="dev")
    with workspace.changed("components/compute/function.py", 'mode="Active"', 'mode="PassThrough"'):
        done = workspace.pulumi("refused", "up", "--yes", "--skip-preview")
    resources = workspace.pulumi("refused", "stack", "export").stdout
    workspace.pulumi("refused", "destroy", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert violated(done.stdout) == {"lambda-tracing-active"}
    assert '"type": "aws:lambda/function:Function"' not in resources


REMEDIATED = "production:\n  kms-rotation: {level: remediate}\n"
UNTRACED = """
- rule: lambda-tracing-active
  resource: aws:lambda/function:Function::blog-dev-*-user
  finding: tracingConfig.mode is PassThrough, not Active
  reason: Traced by the caller instead.
  owner: blog-team
  expires: EXPIRES
"""
USERS_UNTRACED = 'mode="PassThrough" if self.name.endswith("-user") else "Active"'
WAIVED = (
    "[lambda-tracing-active] aws:lambda/function:Function::blog-dev-get-user: tracingConfig.mode is PassThrough, not "
    "Active; waived until {} by blog-team: Traced by the caller instead."
)


@pytest.mark.parametrize("flags", [(), PACK], ids=["as typed", "with the pack"])
def test_a_waiver_covers_its_finding_and_is_shown_by_the_preview(workspace: Workspace, flags: tuple[str, ...]) -> None:
    expires = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    untraced = workspace.changed("components/compute/function.py", 'mode="Active"', USERS_UNTRACED)
    with untraced, workspace.changed("policies/waivers.yaml", "[]", UNTRACED.replace("EXPIRES", expires)):
        done = workspace.pulumi("dev", "preview", *flags)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(WAIVED.format(expires)) == 1
    assert done.stdout.count(f"waived until {expires}") == (8 if flags else 4)


@pytest.mark.parametrize("flags", [(), PACK], ids=["as typed", "with the pack"])
def test_a_waiver_that_has_expired_covers_nothing_and_fails_the_preview(
    workspace: Workspace, flags: tuple[str, ...]
) -> None:
    untraced = workspace.changed("components/compute/function.py", 'mode="Active"', USERS_UNTRACED)
    with untraced, workspace.changed("policies/waivers.yaml", "[]", UNTRACED.replace("EXPIRES", "2026-01-31")):
        done = workspace.pulumi("dev", "preview", *flags)
    assert done.returncode != 0
    assert violated(done.stdout) == {"lambda-tracing-active", "waiver-valid"}
    assert "it expired on 2026-01-31" in done.stdout


def test_a_waiver_that_covers_nothing_fails_a_program_without_the_guard_too(workspace: Workspace) -> None:
    expires = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    unguarded = workspace.changed(
        "__main__.py", 'guard.install(production=stack.production, settings=Path("policies"))', ""
    )
    with unguarded, workspace.changed("policies/waivers.yaml", "[]", UNTRACED.replace("EXPIRES", expires)):
        done = workspace.pulumi("dev", "preview", *PACK)
    assert done.returncode != 0
    assert violated(done.stdout) == {"waiver-valid"}
    assert "it covers nothing" in done.stdout


def test_what_the_stack_remediates_is_mended_in_the_program_and_shown(workspace: Workspace) -> None:
    workspace.add_stack("unrotated", like="prod")
    unrotated = workspace.changed("components/access/key.py", "enable_key_rotation=True", "enable_key_rotation=False")
    with unrotated, workspace.changed("policies/enforcement.yaml", "production:\n", REMEDIATED):
        done = workspace.pulumi("unrotated", "preview", "--diff", *PACK)
    assert done.returncode == 0, done.stdout
    assert "[kms-rotation] remediated: enableKeyRotation" in done.stdout
    assert re.search(r"enableKeyRotation +: true", done.stdout)


def test_the_pack_mends_a_program_without_the_guard_by_its_config(workspace: Workspace, tmp_path: Path) -> None:
    config = tmp_path / "policies.json"
    config.write_text('{"kms-rotation": "remediate", "dynamodb-pitr": {"minimumDays": 35}}')
    unguarded = workspace.changed(
        "__main__.py", 'guard.install(production=stack.production, settings=Path("policies"))', ""
    )
    rotating = workspace.changed("components/access/key.py", "enable_key_rotation=True", "enable_key_rotation=False")
    days = workspace.changed("Pulumi.prod.yaml", "blog:owner", "blog:pointInTimeRecoveryDays: 20\n  blog:owner")
    with unguarded, rotating:
        mended = workspace.pulumi("prod", "preview", *PACK, "--policy-pack-config", str(config))
        with days:
            short = workspace.pulumi("prod", "preview", *PACK, "--policy-pack-config", str(config))
    assert mended.returncode == 0, mended.stdout
    assert "[remediate]  kms-rotation  (1 resource)" in mended.stdout
    assert violated(short.stdout) == {"dynamodb-pitr"}
    assert "below the minimum of 35 days" in short.stdout


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"kms-rotatoin": "advisory"}, "there is no rule kms-rotatoin; did you mean kms-rotation?"),
        ({"dynamodb-pitr": {"minimumDay": 35}}, "dynamodb-pitr has no option minimumDay; did you mean minimumDays?"),
        ({"dynamodb-pitr": {"minimumDays": "week"}}, "dynamodb-pitr: minimumDays: Invalid type"),
        ({"dynamodb-cmk": "remediate"}, "dynamodb-cmk has no remedy; use mandatory"),
        ({"dynamodb-cmk": "of"}, "not a valid enforcement level"),
    ],
)
def test_a_config_of_the_pack_that_names_what_does_not_exist_fails_the_preview(
    workspace: Workspace, tmp_path: Path, config: dict[str, object], message: str
) -> None:
    file = tmp_path / "policies.json"
    file.write_text(json.dumps(config))
    done = workspace.pulumi("prod", "preview", *PACK, "--policy-pack-config", str(file))
    assert done.returncode != 0
    assert message in done.stdout
