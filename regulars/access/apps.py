"""Django's name for this stage."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "regulars.access"
    label = "access"
