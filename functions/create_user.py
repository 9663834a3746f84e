"""POST /users: whoever is signed in creates a user of their own, once for each Idempotency-Key."""

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
    """Answer 201 with the user, its address and its ETag; a repeated request gets the first answer again."""
    caller = request.caller()
    body = request.json()
    key = request.idempotency_key()
    user, created = users.create(caller, model.new_user(body), key)
    if created:
        count("UserCreated")
    return Answer(201, user.own(), {"location": f"/users/{user.user_id}", **etag(user.version)})
