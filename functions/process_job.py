"""Handed batches of the queue: writes each row of an uploaded csv once."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from blog import env, storage
from blog.imports.jobs import Jobs
from blog.posts.store import PostStore
from blog.telemetry import logger
from blog.users.store import UserStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

lifetime = timedelta(days=env.number("POST_LIFETIME_DAYS", "the days after which a post is archived, 0 for never"))
table = storage.table()
jobs = Jobs(UserStore(table), PostStore(table), lifetime)


def handler(event: "Mapping[str, Any]", context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Write a batch, and report which messages are to be handed over again."""
    with logger.append_context_keys(function_request_id=context.aws_request_id):
        failed = jobs.take(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
