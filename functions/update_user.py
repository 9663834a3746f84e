"""PATCH /users/{userId}: the owner changes name, email or both of the version named by If-Match."""

from blog import storage
from blog.endpoint import endpoint
from blog.http import Answer, Request, etag
from blog.telemetry import count
from blog.users import model
from blog.users.service import Users
from blog.users.store import UserStore

users = Users(UserStore(storage.table()))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 200 with the changed user and its new ETag."""
    caller = request.caller()
    body = request.json()
    user_id = model.user_id(request.path["userId"])
    version = request.version(required=True)
    user = users.update(caller, user_id, model.user_changes(body), version)
    count("UserUpdated")
    return Answer(200, user.own(), etag(user.version))
