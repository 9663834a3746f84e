"""PATCH /users/{userId}: the owner changes name, email or both of the version named by If-Match."""

from blog import models
from blog.endpoint import endpoint
from blog.env import ENV
from blog.http import Answer, Request, etag
from blog.service import Users
from blog.store import UserStore, connect
from blog.telemetry import count

users = Users(UserStore(connect(), ENV.table_name))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 200 with the changed user and its new ETag."""
    caller = request.caller()
    user_id = models.user_id(request.path["userId"])
    version = request.version(required=True)
    user = users.update(caller, user_id, models.user_changes(request.json()), version)
    count("UserUpdated")
    return Answer(200, user.own(), etag(user.version))
