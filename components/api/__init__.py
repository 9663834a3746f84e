"""The API, of either kind, under the address that AWS gives it or a name of its own."""
