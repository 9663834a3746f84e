"""Who gets in: people who sign in, services that use a resource, users of keys."""
