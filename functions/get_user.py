"""GET /users/{userId}: anyone reads the public part of a user."""

from blog import storage
from blog.endpoint import endpoint
from blog.http import Answer, Request, etag
from blog.users import model
from blog.users.service import Users
from blog.users.store import UserStore

users = Users(UserStore(storage.table()))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 200 with the user; caches may keep it for a minute."""
    user = users.get(model.user_id(request.path["userId"]))
    return Answer(200, user.public(), {"cache-control": "public, max-age=60", **etag(user.version)})
