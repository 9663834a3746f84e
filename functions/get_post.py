"""GET /posts/{postId}: anyone reads a post."""

from blog import storage
from blog.endpoint import endpoint
from blog.http import Answer, Request, etag
from blog.posts import model
from blog.posts.service import Posts
from blog.posts.store import PostStore

posts = Posts(PostStore(storage.table()))


@endpoint
def handler(request: Request) -> Answer:
    """Answer 200 with the post; caches may keep it for a minute."""
    post = posts.get(model.post_id(request.path["postId"]))
    return Answer(200, post.public(), {"cache-control": "public, max-age=60", **etag(post.version)})
