"""DELETE /posts/{postId}: the owner removes it, in the version named by If-Match if there is one."""

from blog import storage
from blog.endpoint import endpoint
from blog.http import Answer, Request
from blog.posts import model
from blog.posts.service import Posts
from blog.posts.store import PostStore
from blog.telemetry import count

posts = Posts(PostStore(storage.table()))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 204."""
    caller = request.caller()
    post_id = model.post_id(request.path["postId"])
    posts.delete(caller, post_id, request.version(required=False))
    count("PostDeleted")
    return Answer(204)
