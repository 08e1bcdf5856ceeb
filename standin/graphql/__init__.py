"""GitLab's GraphQL API over the part of its schema in ``standin/schema.graphql``."""
