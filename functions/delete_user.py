"""DELETE /users/{userId}: the owner removes it, in the version named by If-Match if there is one."""

from blog import storage
from blog.endpoint import endpoint
from blog.http import Answer, Request
from blog.telemetry import count
from blog.users import model
from blog.users.service import Users
from blog.users.store import UserStore

users = Users(UserStore(storage.table()))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 204."""
    caller = request.caller()
    user_id = model.user_id(request.path["userId"])
    users.delete(caller, user_id, request.version(required=False))
    count("UserDeleted")
    return Answer(204)
