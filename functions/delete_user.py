"""DELETE /users/{userId}: the owner removes it, in the version named by If-Match if there is one."""

from blog import models
from blog.endpoint import endpoint
from blog.env import ENV
from blog.http import Answer, Request
from blog.service import Users
from blog.store import UserStore, connect
from blog.telemetry import count

users = Users(UserStore(connect(), ENV.table_name))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 204."""
    caller = request.caller()
    user_id = models.user_id(request.path["userId"])
    users.delete(caller, user_id, request.version(required=False))
    count("UserDeleted")
    return Answer(204)
