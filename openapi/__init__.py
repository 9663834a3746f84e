"""The OpenAPI 3.1 description of the API, made from the routes, the handlers and the models that serve it."""
