"""The caches of CloudFront forget what a deployment changes, and nothing else."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from blog.edge import Edge

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


def connect() -> "CloudFrontClient":
    return boto3.Session().client("cloudfront", region_name="us-east-1")  # pyright: ignore[reportUnknownMemberType]  # the stubs overload it 400 times


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (["blog.css"], ["/blog.css"]),
        (["index.html"], ["/", "/index.html"]),
        (["a page.html", "blog.css", "blog.css"], ["/a%20page.html", "/blog.css"]),
    ],
)
def test_only_the_files_that_changed_are_forgotten(files: list[str], paths: list[str]) -> None:
    client = connect()
    asked = {
        "DistributionId": "E1",
        "InvalidationBatch": {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": ANY},
    }
    with Stubber(client) as stub:
        stub.add_response("create_invalidation", {}, asked)
        Edge(client, "E1").forget(files, "cause")
        stub.assert_no_pending_responses()


def test_the_same_cause_makes_the_same_request_and_another_cause_another() -> None:
    client = connect()
    references: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        references.append(params["InvalidationBatch"]["CallerReference"])

    client.meta.events.register("provide-client-params.cloudfront.CreateInvalidation", note)
    with Stubber(client) as stub:
        for cause in ("blog.css 1", "blog.css 1", "blog.css 2"):
            stub.add_response("create_invalidation", {})
            Edge(client, "E1").forget(["blog.css"], cause)
    assert references[0] == references[1] != references[2]
