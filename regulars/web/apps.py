"""Django's name for this stage."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "regulars.web"
    label = "web"
