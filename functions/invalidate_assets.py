"""S3 tells of files that were put into the assets: the caches of CloudFront forget these, and no other."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from blog import env
from blog.edge import Edge
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

edge = Edge.connect(env.required("DISTRIBUTION_ID", "the distribution that serves the assets"))


def handler(event: "Mapping[str, Any]", _context: "LambdaContext") -> None:
    """Invalidate the files of one event.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    objects = [record["s3"]["object"] for record in event["Records"]]
    files = [unquote_plus(item["key"]) for item in objects]
    edge.forget(files, "/".join(f"{item['key']} {item['sequencer']}" for item in objects))
    logger.info("invalidated", files=files)
