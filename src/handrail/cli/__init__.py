"""Commands. Each imports what it needs when it runs, so that `next` starts fast."""
