"""The hooks of a GitLab that call us."""

SECRET = "HANDRAIL_WEBHOOK_SECRET"
"""The environment's variable with what GitLab says with each webhook, so that we know it from others."""
