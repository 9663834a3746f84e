"""POST /users/{userId}/posts: the owner of a user writes a post in its name, once for each Idempotency-Key."""

from datetime import timedelta

from blog import env, storage
from blog.endpoint import endpoint
from blog.http import Answer, Request, etag
from blog.posts import model
from blog.posts.service import Posts
from blog.posts.store import PostStore
from blog.telemetry import count
from blog.users.model import user_id

lifetime = timedelta(days=env.number("POST_LIFETIME_DAYS", "the days after which a post is archived, 0 for never"))
posts = Posts(PostStore(storage.table()), lifetime)


@endpoint
def handler(request: Request) -> Answer:
    """Answer 201 with the post, its address and its ETag; a repeated request gets the first answer again."""
    caller = request.caller()
    body = request.json()
    key = request.idempotency_key()
    new = model.new_post(user_id(request.path["userId"]), body)
    post, created = posts.create(caller, new, key)
    if created:
        count("PostCreated")
    return Answer(201, post.public(), {"location": f"/posts/{post.post_id}", **etag(post.version)})
