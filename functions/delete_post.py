"""DELETE /posts/{postId}: the owner removes it, in the version named by If-Match if there is one."""

from blog.endpoint import endpoint
from blog.env import ENV
from blog.http import Answer, Request
from blog.posts import model
from blog.posts.service import Posts
from blog.posts.store import PostStore
from blog.table import Table
from blog.telemetry import count

posts = Posts(PostStore(Table.connect(ENV.table_name)))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 204."""
    caller = request.caller()
    post_id = model.post_id(request.path["postId"])
    posts.delete(caller, post_id, request.version(required=False))
    count("PostDeleted")
    return Answer(204)
