"""What a turn does to know every customer, and how it reaches the desk."""

from regulars.know.actions.learn import Known, learn
from regulars.know.actions.publish import publish

__all__ = ["Known", "learn", "publish"]
