"""Functions, their packages and layers."""
