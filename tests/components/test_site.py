"""The site: TLS, what its caches are keyed by, and who may read its files."""

import json

from components.api.api import Route, path_patterns
from components.compute.function import Function
from tests.components.recording import Registration, record
from tests.components.test_contract import COMPONENTS, DEFAULTS


def registered() -> dict[str, list[Registration]]:
    site = next(make for component, make in COMPONENTS.items() if component.__name__ == "Site")
    by_type: dict[str, list[Registration]] = {}
    for entry in record(site):
        by_type.setdefault(entry.type, []).append(entry)
    return by_type


def test_viewers_and_origins_speak_tls_1_2_at_least() -> None:
    distribution = registered()["aws:cloudfront/distribution:Distribution"][0].inputs
    assert distribution["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"
    assert [each["viewerProtocolPolicy"] for each in distribution["orderedCacheBehaviors"]] == ["https-only"]
    api = next(origin for origin in distribution["origins"] if origin["originId"] == "api")
    assert api["domainName"] == "api.example.com"
    assert api["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert api["customOriginConfig"]["originSslProtocols"] == ["TLSv1.2"]


def test_answers_are_cached_by_what_they_depend_on_and_files_by_their_path_alone() -> None:
    policies = {entry.name: entry.inputs for entry in registered()["aws:cloudfront/cachePolicy:CachePolicy"]}
    answers = policies["blog-test-answers"]["parametersInCacheKeyAndForwardedToOrigin"]
    assert answers["headersConfig"] == {"headerBehavior": "whitelist", "headers": {"items": ["Origin"]}}
    assert answers["queryStringsConfig"]["queryStrings"] == {"items": ["limit", "cursor"]}
    assert answers["cookiesConfig"] == {"cookieBehavior": "none"}
    assert policies["blog-test-answers"]["defaultTtl"] == 0
    files = policies["blog-test-assets"]["parametersInCacheKeyAndForwardedToOrigin"]
    assert files["headersConfig"] == {"headerBehavior": "none"}
    assert files["queryStringsConfig"] == {"queryStringBehavior": "none"}


def test_only_distributions_of_the_account_read_the_files() -> None:
    policy = next(
        entry for entry in registered()["aws:s3/bucketPolicy:BucketPolicy"] if entry.name == "blog-test-assets"
    )
    allowed = [each for each in json.loads(policy.inputs["policy"])["Statement"] if each["Effect"] == "Allow"]
    assert allowed == [
        {
            "Sid": "UsedByCloudfront",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::blog-test-assets-123456789012/*"],
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*"}},
        }
    ]


def test_the_firewall_limits_who_asks_too_often_and_logs_without_credentials() -> None:
    found = registered()
    rules = found["aws:wafv2/webAcl:WebAcl"][0].inputs["rules"]
    assert rules[0]["statement"]["rateBasedStatement"] == {"limit": 2000, "aggregateKeyType": "IP"}
    assert len(rules) == 4
    logging = found["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"][0].inputs
    redacted = [field["singleHeader"]["name"] for field in logging["redactedFields"]]
    assert redacted == ["authorization", "cookie"]


def test_the_firewall_lets_long_posts_through_and_those_that_speak_of_attacks() -> None:
    rules = registered()["aws:wafv2/webAcl:WebAcl"][0].inputs["rules"]
    groups = [rule["statement"].get("managedRuleGroupStatement", {}) for rule in rules]
    counting = {
        group["name"]: [override["name"] for override in group["ruleActionOverrides"]]
        for group in groups
        if "ruleActionOverrides" in group
    }
    assert counting == {
        "AWSManagedRulesCommonRuleSet": [
            "SizeRestrictions_BODY",
            "CrossSiteScripting_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
            "EC2MetaDataSSRF_BODY",
        ]
    }


def test_logs_are_delivered_once_the_bucket_lets_them_in() -> None:
    found = registered()
    (delivery,) = found["aws:cloudwatch/logDelivery:LogDelivery"]
    policies = [one.urn for one in found["aws:s3/bucketPolicy:BucketPolicy"] if one.name == "blog-test-logs"]
    assert [urn in delivery.depends_on for urn in policies] == [True]


def test_each_path_of_the_api_and_no_other_is_sent_to_the_api() -> None:
    patterns: list[list[str]] = []

    def program() -> None:
        function = Function("get_user", defaults=DEFAULTS, grants=[])
        keys = ("POST /users", "GET /users/{userId}", "GET /users/{userId}/posts", "GET /users/{userId}", "GET /tags")
        patterns.append(path_patterns([Route(key, function) for key in keys]))

    record(program)
    assert patterns == [["/users", "/users/*", "/tags"]]
