"""The same decisions in a browser: pages, the API, sign-in, and what GitLab sends. It decides nothing itself."""
