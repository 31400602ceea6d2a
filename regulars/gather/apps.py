"""Django's name for this stage."""

from django.apps import AppConfig


class GatherConfig(AppConfig):
    name = "regulars.gather"
    label = "gather"
