// Shows a user's posts, newest first. The API is behind the same name as this page.
const form = document.querySelector("form");
const posts = document.querySelector("#posts");
const problem = document.querySelector("#problem");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const user = new FormData(form).get("user");
  const answer = await fetch(`/users/${encodeURIComponent(user)}/posts`);
  const body = await answer.json();
  document.querySelector("#author").textContent = user;
  problem.textContent = answer.ok ? "" : body.detail;
  posts.replaceChildren(...(body.posts ?? []).map((post) => {
    const item = document.createElement("li");
    item.textContent = post.title;
    return item;
  }));
});
