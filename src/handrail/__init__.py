"""Handrail runs a team's handbook on GitLab: it reads, decides, shows, and does what people let it do."""

__all__ = ["__version__"]

__version__ = "0.1.0"
