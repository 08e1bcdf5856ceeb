"""Facts from a GitLab: modules that only understand what it says, and a reader that asks it."""
