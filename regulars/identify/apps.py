"""Django's name for this stage."""

from django.apps import AppConfig


class IdentifyConfig(AppConfig):
    name = "regulars.identify"
    label = "identify"
