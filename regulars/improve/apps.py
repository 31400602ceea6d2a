"""Django's name for this stage."""

from django.apps import AppConfig


class ImproveConfig(AppConfig):
    name = "regulars.improve"
    label = "improve"
