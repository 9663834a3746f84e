"""Stack config becomes settings, or an error that names the key, the value and the fix."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

import settings

ROOT = Path(__file__).parents[1]
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1-2"


def config_of(stack: str, folder: Path = ROOT) -> dict[str, str]:
    """The config of a stack as the engine hands it to the program: Pulumi.yaml's defaults under the stack's values."""
    project: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    values = {f"blog:{key}": schema["default"] for key, schema in project["config"].items() if "default" in schema}
    values |= yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def parse(changes: dict[str, str | None], stack: str = "dev") -> settings.Settings:
    config = config_of(stack) | {key: value for key, value in changes.items() if value is not None}
    for key in [key for key, value in changes.items() if value is None]:
        del config[key]
    return settings.parse(config, project="blog", stack=stack)


def test_every_setting_is_declared_in_the_project_file_with_a_description_and_nothing_else_is() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    fields = {field.name for field in dataclasses.fields(settings.Settings)} - {"project", "stack", "region"}
    assert {"".join(f"_{c.lower()}" if c.isupper() else c for c in key) for key in declared} == fields
    assert [key for key, schema in declared.items() if not schema.get("description")] == []


def test_a_stack_that_leaves_everything_out_gets_the_safe_values() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    defaults = {
        f"blog:{key}": json.dumps(entry["default"]).strip('"') for key, entry in declared.items() if "default" in entry
    }
    required = {
        "aws:region": "eu-central-1",
        "blog:owner": "me",
        "blog:costCentre": "lab",
        "blog:alertEmails": '["me@example.com"]',
    }
    chosen = settings.parse({**defaults, **required}, project="blog", stack="new")
    assert (chosen.production, chosen.protection, chosen.customer_managed_key) == (True, True, True)
    assert (chosen.point_in_time_recovery_days, chosen.log_retention_days, chosen.mfa) == (35, 365, "ON")
    assert (chosen.backup_retention_days, chosen.waf, chosen.nat_gateways) == (35, True, 0)


def test_the_dev_stack_is_not_production_and_names_carry_the_stack() -> None:
    dev = parse({})
    assert (dev.production, dev.protection, dev.customer_managed_key) == (False, False, False)
    assert dev.prefix == "blog-dev"
    assert dev.tags == {
        "service": "blog",
        "environment": "dev",
        "stack": "blog-dev",
        "owner": "blog-team",
        "cost-centre": "engineering",
        "managed-by": "pulumi",
    }


@pytest.mark.parametrize(
    ("changes", "stack", "mistake"),
    [
        ({"blog:protektion": "true"}, "dev", "blog:protektion is not a setting; remove it, or correct it to one of"),
        ({"blog:owner": None}, "dev", "blog:owner is missing; set it with: pulumi config set blog:owner VALUE"),
        ({"blog:owner": " "}, "dev", "blog:owner is ' ', but must be a text that is not empty"),
        ({"blog:protection": "yes"}, "dev", "blog:protection is 'yes', but must be true or false"),
        ({"blog:logRetentionDays": "two"}, "dev", "blog:logRetentionDays is 'two', but must be a whole number"),
        ({"blog:logRetentionDays": "15"}, "dev", "blog:logRetentionDays is 15, but must be one of 1, 3, 5, 7, 14"),
        ({"blog:pointInTimeRecoveryDays": "36"}, "dev", "blog:pointInTimeRecoveryDays is 36, but must be 0 (off) or 1"),
        ({"blog:functionTimeout": "30"}, "dev", "blog:functionTimeout is 30, but must be 1 to 29 seconds"),
        ({"blog:mfa": "on"}, "dev", 'blog:mfa is \'on\', but must be "OFF", "OPTIONAL" or "ON"'),
        (
            {"blog:corsOrigins": "https://x.example"},
            "dev",
            "blog:corsOrigins is 'https://x.example', but must be a list",
        ),
        (
            {"blog:corsOrigins": '["*"]'},
            "dev",
            "blog:corsOrigins has '*', but each must be like https://blog.example.com",
        ),
        ({"blog:postsPageSize": "101"}, "dev", "blog:postsPageSize is 101, but must be 1 to 100 posts"),
        ({"blog:tableName": "the table"}, "dev", "blog:tableName is 'the table', but takes letters, digits, _"),
        ({"blog:apiType": "soap"}, "dev", 'blog:apiType is \'soap\', but must be "http" or "rest"'),
        (
            {"blog:relationalMinimumCapacity": "half"},
            "dev",
            "blog:relationalMinimumCapacity is 'half', but must be a num",
        ),
        (
            {"blog:relationalMinimumCapacity": "0.7"},
            "dev",
            "blog:relationalMinimumCapacity is 0.7, but must be 0 (paus",
        ),
        (
            {"blog:relationalMinimumCapacity": "8"},
            "dev",
            "blog:relationalMinimumCapacity is 8.0, but must not exceed blog:relationalMaximumCapacity, which is 4.0",
        ),
        (
            {"blog:reservedConcurrency": "2", "blog:provisionedConcurrency": "3"},
            "dev",
            "blog:provisionedConcurrency is 3, but must not exceed blog:reservedConcurrency, which is 2",
        ),
        ({"blog:owner": "a & b"}, "dev", "blog:owner is 'a & b', but a tag takes up to 256 letters, digits, spaces"),
        ({"blog:costCentre": "x" * 257}, "dev", "blog:costCentre is 'xxx"),
        ({"blog:alertEmails": '["team"]'}, "dev", "blog:alertEmails has 'team', but each must be like blog-team@ex"),
        ({"blog:siteDomainName": "https://blog.example.com"}, "prod", "blog:siteDomainName is 'https://blog.example.c"),
        (
            {"blog:siteDomainName": "blog.example.org"},
            "prod",
            (
                "blog:siteDomainName is 'blog.example.org', which is not in blog:hostedZone example.com; give a "
                "name that ends with .example.com, or leave hostedZone out"
            ),
        ),
        ({"blog:siteDomainName": "myexample.com"}, "prod", "blog:siteDomainName is 'myexample.com', which is not in"),
        ({"blog:hostedZone": "Z0123456789"}, "prod", "blog:hostedZone is 'Z0123456789', but must be like example.com"),
        (
            {"blog:hostedZone": "example.com"},
            "dev",
            "blog:hostedZone is set, but neither blog:domainName nor blog:siteDomainName is; give a name in the zone",
        ),
        (
            {"blog:siteCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1-2"},
            "prod",
            "blog:siteCertificateArn is set although blog:hostedZone is, in which a certificate is created; leave one",
        ),
        (
            {"blog:hostedZone": ""},
            "prod",
            (
                "blog:cdn is true, but blog:siteDomainName is not set, or neither blog:hostedZone nor "
                "blog:siteCertificateArn; set the name and one of these"
            ),
        ),
        (
            {
                "blog:domainName": "api.example.com",
                "blog:certificateArn": "arn:aws:acm:eu-central-1:000000000000:certificate/1-2",
            },
            "dev",
            (
                "blog:certificateArn is 'arn:aws:acm:eu-central-1:000000000000:certificate/1-2', which is a "
                "placeholder; give the ARN of a certificate of yours, or a hostedZone in which one is created"
            ),
        ),
        (
            {
                "blog:domainName": "api.example.com",
                "blog:certificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/"
                "00000000-0000-0000-0000-000000000000",
            },
            "dev",
            "certificate/00000000-0000-0000-0000-000000000000', which is a placeholder; give the ARN",
        ),
        (
            {"blog:siteCertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1-2"},
            "prod",
            "but CloudFront takes an ACM certificate in us-east-1: arn:aws:acm:us-east-1:ACCOUNT:certificate/ID",
        ),
        (
            {"blog:natGateways": "3"},
            "dev",
            "blog:natGateways is 3, but must not exceed blog:zones, which is 2",
        ),
        (
            {"blog:snapStart": "true", "blog:provisionedConcurrency": "2"},
            "dev",
            "blog:snapStart is true although blog:provisionedConcurrency is 2; Lambda takes one of them",
        ),
        (
            {"blog:backupRetentionDays": "35"},
            "dev",
            "blog:backupRetentionDays is 35 although blog:customerManagedKey is false",
        ),
        (
            {"blog:domainName": "api.example.com"},
            "dev",
            "blog:domainName is set although blog:certificateArn is not; set both or none",
        ),
        (
            {
                "blog:domainName": "blog.example.com",
                "blog:certificateArn": "arn:aws:acm:eu-central-1:000000000000:certificate/c",
            },
            "prod",
            "blog:domainName is blog.example.com, which blog:siteDomainName is too; give each its own",
        ),
        (
            {"blog:apiType": "rest", "blog:corsOrigins": '["https://a.example", "https://b.example"]'},
            "dev",
            "blog:corsOrigins has 2 origins although blog:apiType is rest, whose own answers name one",
        ),
        ({"aws:region": None}, "dev", "aws:region is missing; set it with: pulumi config set aws:region REGION"),
        (
            {"blog:protection": "false"},
            "prod",
            "blog:protection is false although blog:production is true; set protection",
        ),
        (
            {"blog:pointInTimeRecoveryDays": "0"},
            "prod",
            "blog:pointInTimeRecoveryDays is 0 although blog:production is",
        ),
        ({"blog:alarms": "false"}, "prod", "blog:alarms is false although blog:production is true; set alarms to true"),
        (
            {"blog:alertEmails": "[]"},
            "prod",
            'blog:alertEmails is empty although blog:production is true; set alertEmails to ["blog-team@example.com"]',
        ),
    ],
)
def test_a_mistake_is_refused_with_its_key_its_value_and_the_fix(
    changes: dict[str, str | None], stack: str, mistake: str
) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        parse(changes, stack)
    assert mistake in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        *(
            (
                "blog:relationalInstanceClass",
                value,
                "but must be an instance class of RDS for PostgreSQL such as db.t4g",
            )
            for value in ("t4g.medium", "db.t9.medium", "db.t4g.huge", "db.m3.large", "DB.T4G.MEDIUM", "db.serverless")
        ),
        *(
            ("blog:cacheNodeType", value, "but must be a node type of ElastiCache such as cache.t4g.small")
            for value in ("cache.m1.small", "t4g.small", "cache.t4g.large", "cache.r9.large")
        ),
        *(
            ("blog:daxNodeType", value, "but must be a node type of DAX such as dax.t3.small")
            for value in ("dax.t9.huge", "dax.t4g.small", "dax.t3.large")
        ),
        *(
            ("aws:region", value, "but must be a region of AWS such as eu-central-1")
            for value in ("eu-central-9", "EU-CENTRAL-1", "frankfurt", "eu-central-1a")
        ),
        *(
            ("blog:domainName", value, "but must be like blog.example.com")
            for value in ("https://api.example.com", "API.example.com", "api.example.com/v1", "api", "api.example.com.")
        ),
        *(
            ("blog:certificateArn", value, "but API Gateway takes an ACM certificate in eu-central-1")
            for value in (
                "arn:aws:acm:us-east-1:123456789012:certificate/1-2",
                "arn:aws:iam::123456789012:server-certificate/api",
                "1-2",
            )
        ),
        *(
            ("blog:corsOrigins", json.dumps([value]), "but each must be like https://blog.example.com: scheme and host")
            for value in (
                "https://Blog.Example.com",
                "https://blog.example.com:443",
                "http://blog.example.com:80",
                "https://me@blog.example.com",
                "https://bücher.example",
                "https://blog.example.com ",
                "https://*.example.com",
                "https://blog.example.com/",
                "ftp://blog.example.com",
                "null",
            )
        ),
    ],
)
def test_what_aws_would_refuse_minutes_later_is_refused_before_anything_is_made(
    key: str, value: str, expected: str
) -> None:
    named: dict[str, str | None] = {"blog:domainName": "api.example.com", "blog:certificateArn": CERTIFICATE}
    with pytest.raises(settings.SettingsError) as refused:
        parse((named if key in named else {}) | {key: value})
    assert f"{key} " in str(refused.value)
    assert expected in str(refused.value)


def test_what_browsers_and_aws_take_is_taken() -> None:
    """A port that is not the scheme's own belongs to an origin."""
    origins = ["http://localhost:5173", "https://blog.example.com:8443", "https://xn--bcher-kva.example"]
    chosen = parse({"blog:corsOrigins": json.dumps(origins), "blog:relationalInstanceClass": "db.r8g.48xlarge"})
    assert chosen.cors_origins == tuple(origins)
    assert chosen.relational_instance_class == "db.r8g.48xlarge"


@pytest.mark.parametrize(
    ("stack", "changes", "mistake"),
    [
        ("Dev", {}, "gives names like blog-Dev-table, but AWS takes lower-case letters, digits and single hyphens"),
        ("feature_1", {}, "gives names like blog-feature_1-table, but AWS"),
        ("a--b", {}, "gives names like blog-a--b-table, but AWS"),
        ("x" * 37, {}, "has 42 characters, but AWS's names of buckets and roles have room for 41"),
        ("x" * 22, {"blog:cache": "serverless"}, "names of users of a cache (blog:cache) have room for 26"),
        ("x" * 12, {"blog:daxNodes": "1", "blog:cache": "serverless"}, "accelerators (blog:daxNodes) have room for 16"),
    ],
)
def test_a_name_that_aws_would_not_take_is_refused_before_anything_is_made(
    stack: str, changes: dict[str, str], mistake: str
) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.parse(config_of("dev") | changes, project="blog", stack=stack)
    assert mistake in str(refused.value)


def test_the_longest_name_of_each_choice_is_taken() -> None:
    for length, changes in ((36, {}), (21, {"blog:cache": "serverless"}), (11, {"blog:daxNodes": "1"})):
        assert settings.parse(config_of("dev") | changes, project="blog", stack="x" * length).stack == "x" * length


def test_a_text_that_may_be_left_empty_is_none_then() -> None:
    assert parse({}).domain_name is None
    chosen = parse({"blog:domainName": "api.example.com", "blog:certificateArn": CERTIFICATE})
    assert chosen.domain_name == "api.example.com"


def test_all_mistakes_are_listed_at_once() -> None:
    with pytest.raises(settings.SettingsError) as refused:
        parse({"blog:protektion": "true", "blog:mfa": "on", "blog:owner": None})
    assert str(refused.value).count("\n  - ") == 3


def test_the_value_of_a_key_that_was_made_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_config_secret", lambda key: key == "blog:mfa")  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(settings.SettingsError) as refused:
        parse({"blog:mfa": "hunter2"})
    assert "hunter2" not in str(refused.value)
    assert "blog:mfa is a secret, but must be" in str(refused.value)
