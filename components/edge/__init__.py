"""The site: CloudFront before assets and API."""
