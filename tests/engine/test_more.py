"""What excludes an option of the stack options, and what happens when a stack chooses otherwise."""

from local import smoke
from tests.engine.workspace import Workspace, summary

REST = "blog:apiType: rest\n  blog:apiCacheSeconds: 0\n  blog:domainName:"


def test_a_second_update_changes_nothing(more: Workspace) -> None:
    assert [line for line in summary(more.up("more")) if "unchanged" not in line] == []


def test_a_refresh_finds_no_drift(more: Workspace) -> None:
    refreshed = more.pulumi("more", "refresh", "--preview-only")
    assert refreshed.returncode == 0, refreshed.stdout
    assert [line for line in summary(refreshed.stdout) if "unchanged" not in line] == []


def test_functions_are_kept_warm_and_stopped_after_what_the_stack_says(more: Workspace) -> None:
    functions = more.client("more", "lambda")
    warm = functions.get_provisioned_concurrency_config(FunctionName="blog-more-get-user", Qualifier="live")
    assert warm["RequestedProvisionedConcurrentExecutions"] == 1
    assert functions.get_function_configuration(FunctionName="blog-more-get-user")["Timeout"] == 20


def test_the_site_asks_the_api_by_its_own_name_and_has_no_firewall(more: Workspace) -> None:
    distributions = more.client("more", "cloudfront").list_distributions()["DistributionList"]["Items"]
    [site] = [one for one in distributions if one["Aliases"].get("Items") == ["more.example.com"]]
    origins = {origin["Id"]: origin["DomainName"] for origin in site["Origins"]["Items"]}
    assert origins["api"] == "api.example.com"
    assert site["WebACLId"] == ""


def test_the_api_answers_by_its_own_name_alone(more: Workspace) -> None:
    outputs, client = more.session("more").outputs(), more.client("more", "apigatewayv2")
    [api] = [one for one in client.get_apis()["Items"] if one["Name"] == "blog-more-api"]
    [domain] = client.get_domain_name(DomainName="api.example.com")["DomainNameConfigurations"]
    assert outputs["apiUrl"] == "https://api.example.com"
    assert outputs["apiHost"] == domain["ApiGatewayDomainName"]
    assert (domain["SecurityPolicy"], domain["EndpointType"]) == ("TLS_1_2", "REGIONAL")
    assert api["DisableExecuteApiEndpoint"] is True
    _works(more)


def test_a_rest_api_without_a_cache_takes_the_name_over_from_an_http_api(more: Workspace) -> None:
    before = more.session("more").outputs()
    with more.changed("Pulumi.more.yaml", "blog:domainName:", REST):
        more.up("more")
        _works(more)
        client = more.client("more", "apigateway")
        [api] = client.get_rest_apis()["items"]
        stage = client.get_stage(restApiId=api["id"], stageName="live")
        assert [line for line in summary(more.up("more")) if "unchanged" not in line] == []
    assert (api["disableExecuteApiEndpoint"], stage["cacheClusterEnabled"]) == (True, False)
    assert {name: more.session("more").outputs()[name] for name in ("apiUrl", "apiHost")} == {
        name: before[name] for name in ("apiUrl", "apiHost")
    }


def _works(more: Workspace) -> None:
    session = more.session("more")
    with more.token("more") as token:
        smoke.run(session.outputs()["apiUrl"], token, via=session.cloud.endpoint)
