"""Lives of distributions and of the firewall before them."""

from typing import Any

from local.provider.wire import Props
from tests.local.life import Life
from tests.local.world import World

EDGE = "arn:aws:cloudfront::111122223333:distribution/E1"
VISIBILITY = {"cloudwatchMetricsEnabled": True, "metricName": "acl", "sampledRequestsEnabled": False}


def _behavior(**more: Any) -> Props:
    return {
        "targetOriginId": "assets",
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": ["HEAD", "GET"],
        "cachedMethods": ["HEAD", "GET"],
        "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "compress": True,
        **more,
    }


def _distribution(_world: World) -> Props:
    return {
        "enabled": True,
        "defaultRootObject": "index.html",
        "aliases": ["www.example.com", "blog.example.com"],
        "origins": [
            {
                "originId": "api",
                "domainName": "api.example.com",
                "customOriginConfig": {
                    "httpPort": 80,
                    "httpsPort": 443,
                    "originProtocolPolicy": "https-only",
                    "originSslProtocols": ["TLSv1.2"],
                },
                "customHeaders": [{"name": "x-from", "value": "edge"}],
            },
            {
                "originId": "assets",
                "domainName": "assets.s3.eu-central-1.amazonaws.com",
                "originAccessControlId": "E2QWRUHAPOMQZL",
            },
        ],
        "defaultCacheBehavior": _behavior(),
        "orderedCacheBehaviors": [
            _behavior(pathPattern="/users/*", targetOriginId="api", allowedMethods=["GET", "HEAD", "OPTIONS"])
        ],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {
            "acmCertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/c",
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        },
        "tags": {"for": "viewers"},
    }


def _seen(world: World, it: Props) -> object:
    config = world.call("cloudfront", "get_distribution", Id=it["id"])["Distribution"]["DistributionConfig"]
    tags = world.call("cloudfront", "list_tags_for_resource", Resource=it["arn"])["Tags"]["Items"]
    return (
        config["DefaultRootObject"],
        [origin["Id"] for origin in config["Origins"]["Items"]],
        config["CacheBehaviors"]["Quantity"],
        config["DefaultCacheBehavior"]["AllowedMethods"]["CachedMethods"]["Items"],
        config["ViewerCertificate"]["MinimumProtocolVersion"],
        {tag["Key"] for tag in tags},
    )


def _policy(world: World, it: Props, kind: str, member: str, config: str) -> Props:
    return world.call("cloudfront", f"get_{kind}", Id=it["id"])[member][config]


def _rule(name: str) -> Props:
    return {
        "name": name,
        "priority": 0,
        "statement": {"managedRuleGroupStatement": {"name": name, "vendorName": "AWS"}},
        "overrideAction": {"none": {}},
        "visibilityConfig": VISIBILITY,
    }


LIVES = [
    Life(
        "aws:cloudfront/distribution:Distribution",
        inputs=_distribution,
        look=_seen,
        made=("index.html", ["api", "assets"], 1, ["HEAD", "GET"], "TLSv1.2_2021", {"for", "service", "environment"}),
        changed=lambda world: {
            "defaultRootObject": "home.html",
            "origins": _distribution(world)["origins"][1:],
            "orderedCacheBehaviors": [],
            "tags": None,
        },
        changes=("home.html", ["assets"], 0, ["HEAD", "GET"], "TLSv1.2_2021", {"service", "environment"}),
    ),
    Life(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        inputs=lambda _: {
            "name": "assets",
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        look=lambda world, it: _policy(
            world, it, "origin_access_control", "OriginAccessControl", "OriginAccessControlConfig"
        )["SigningBehavior"],
        made="always",
        changed=lambda _: {"signingBehavior": "no-override"},
        changes="no-override",
    ),
    Life(
        "aws:cloudfront/cachePolicy:CachePolicy",
        inputs=lambda _: {
            "name": "answers",
            "defaultTtl": 0,
            "maxTtl": 300,
            "parametersInCacheKeyAndForwardedToOrigin": {
                "cookiesConfig": {"cookieBehavior": "none"},
                "headersConfig": {"headerBehavior": "whitelist", "headers": {"items": ["Origin"]}},
                "queryStringsConfig": {
                    "queryStringBehavior": "whitelist",
                    "queryStrings": {"items": ["limit", "cursor"]},
                },
                "enableAcceptEncodingGzip": True,
            },
        },
        look=lambda world, it: (
            (config := _policy(world, it, "cache_policy", "CachePolicy", "CachePolicyConfig"))["MaxTTL"],
            config["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"]["QueryStrings"]["Quantity"],
        ),
        made=(300, 2),
        changed=lambda _: {"maxTtl": 600},
        changes=(600, 2),
    ),
    Life(
        "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        inputs=lambda _: {
            "name": "forwarded",
            "cookiesConfig": {"cookieBehavior": "none"},
            "headersConfig": {"headerBehavior": "allExcept", "headers": {"items": ["Host"]}},
            "queryStringsConfig": {"queryStringBehavior": "all"},
        },
        look=lambda world, it: _policy(
            world, it, "origin_request_policy", "OriginRequestPolicy", "OriginRequestPolicyConfig"
        )["HeadersConfig"],
        made={"HeaderBehavior": "allExcept", "Headers": {"Quantity": 1, "Items": ["Host"]}},
        changed=lambda _: {"headersConfig": {"headerBehavior": "none"}},
        changes={"HeaderBehavior": "none", "Headers": {"Quantity": 0}},
    ),
    Life(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        inputs=lambda _: {
            "name": "security",
            "securityHeadersConfig": {
                "contentTypeOptions": {"override": True},
                "frameOptions": {"frameOption": "DENY", "override": True},
                "strictTransportSecurity": {"accessControlMaxAgeSec": 31536000, "override": True},
            },
        },
        look=lambda world, it: _policy(
            world, it, "response_headers_policy", "ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"
        )["SecurityHeadersConfig"]["FrameOptions"]["FrameOption"],
        made="DENY",
        changed=lambda _: {"securityHeadersConfig": {"frameOptions": {"frameOption": "SAMEORIGIN", "override": True}}},
        changes="SAMEORIGIN",
    ),
    Life(
        "aws:wafv2/webAcl:WebAcl",
        inputs=lambda _: {
            "name": "edge",
            "scope": "REGIONAL",
            "defaultAction": {"allow": {}},
            "rules": [_rule("AWSManagedRulesCommonRuleSet")],
            "visibilityConfig": VISIBILITY,
            "tags": {"for": "viewers"},
        },
        look=lambda world, it: (
            [
                rule["Name"]
                for rule in world.call("wafv2", "get_web_acl", Name="edge", Scope="REGIONAL", Id=it["id"])["WebACL"][
                    "Rules"
                ]
            ],
            len(world.call("wafv2", "list_tags_for_resource", ResourceARN=it["arn"])["TagInfoForResource"]["TagList"]),
        ),
        made=(["AWSManagedRulesCommonRuleSet"], 3),
        changed=lambda _: {"rules": [_rule("AWSManagedRulesKnownBadInputsRuleSet")], "tags": None},
        changes=(["AWSManagedRulesKnownBadInputsRuleSet"], 2),
        replaced={"name": "other", "scope": "CLOUDFRONT"},
    ),
    Life(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        inputs=lambda world: {"resourceArn": world.rest_stage["arn"], "webAclArn": world.acl["arn"]},
        look=lambda world, it: world.call("wafv2", "get_web_acl_for_resource", ResourceArn=it["resourceArn"])["WebACL"][
            "Name"
        ].split("-")[0],
        made="world",
        replaced={"resourceArn": "arn:aws:apigateway:eu-central-1::/restapis/other/stages/live"},
    ),
    Life(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        inputs=lambda _: {
            "resourceArn": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/1",
            "logDestinationConfigs": ["arn:aws:logs:us-east-1:111122223333:log-group:aws-waf-logs-edge"],
        },
        look=lambda _, it: it["logDestinationConfigs"],
        made=["arn:aws:logs:us-east-1:111122223333:log-group:aws-waf-logs-edge"],
        changed=lambda _: {"loggingFilter": {"defaultBehavior": "DROP", "filters": []}},
        changes=["arn:aws:logs:us-east-1:111122223333:log-group:aws-waf-logs-edge"],
        replaced={"resourceArn": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/2"},
    ),
    Life(
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        inputs=lambda _: {"name": "edge", "logType": "ACCESS_LOGS", "resourceArn": EDGE, "tags": {"for": "viewers"}},
        look=lambda world, _: (
            (source := world.call("logs", "get_delivery_source", name="edge")["deliverySource"])["resourceArns"],
            source["logType"],
        ),
        made=([EDGE], "ACCESS_LOGS"),
        changed=lambda _: {"tags": None},
        changes=([EDGE], "ACCESS_LOGS"),
        replaced={"name": "other", "logType": "CONNECTION_LOGS", "resourceArn": f"{EDGE}2"},
    ),
    Life(
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        inputs=lambda world: {
            "name": "logs",
            "outputFormat": "json",
            "deliveryDestinationConfiguration": {"destinationResourceArn": world.bucket["arn"]},
        },
        look=lambda world, _: world.call("logs", "get_delivery_destination", name="logs")["deliveryDestination"][
            "outputFormat"
        ],
        made="json",
        changed=lambda _: {"tags": {"for": "viewers"}},
        changes="json",
        replaced={"name": "other"},
    ),
    Life(
        "aws:cloudwatch/logDelivery:LogDelivery",
        inputs=lambda world: {
            "deliverySourceName": world.delivery_source["name"],
            "deliveryDestinationArn": world.delivery_destination["arn"],
            "s3DeliveryConfigurations": [{"suffixPath": "/edge/{yyyy}/{MM}", "enableHiveCompatiblePath": False}],
        },
        look=lambda world, it: world.call("logs", "get_delivery", id=it["id"])["delivery"]["deliverySourceName"],
        made="edge-delivered",
        changed=lambda _: {"tags": {"for": "viewers"}},
        changes="edge-delivered",
        replaced={"deliverySourceName": "other"},
    ),
]
