"""Django's name for this stage."""

from django.apps import AppConfig


class EngageConfig(AppConfig):
    name = "regulars.engage"
    label = "engage"
