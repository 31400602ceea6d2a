"""Weeks played one at a time: what the brand does is heard, and only what a guest or a clerk would see of it."""
