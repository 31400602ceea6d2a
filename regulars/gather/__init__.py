"""Bring what happened: files first; live events and webhooks follow."""
