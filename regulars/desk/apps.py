"""Django's name for this stage."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "regulars.desk"
    label = "desk"
