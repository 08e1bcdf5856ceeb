"""Business time, public holidays, fiscal quarters and GitLab's release calendar.

Everything here is a pure function of its arguments: no clock is read, nothing is fetched, and nothing of the
other rooms is imported. Import what you need from the modules themselves.
"""
