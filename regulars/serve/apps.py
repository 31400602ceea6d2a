"""Django's name for this stage."""

from django.apps import AppConfig


class ServeConfig(AppConfig):
    name = "regulars.serve"
    label = "serve"
