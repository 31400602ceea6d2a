"""Django's name for this stage."""

from django.apps import AppConfig


class MeasureConfig(AppConfig):
    name = "regulars.measure"
    label = "measure"
