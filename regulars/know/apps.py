"""Django's name for this stage."""

from django.apps import AppConfig


class KnowConfig(AppConfig):
    name = "regulars.know"
    label = "know"
