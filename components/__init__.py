"""The layers of the application as component resources, one file a layer."""
