"""Django's name for this stage."""

from django.apps import AppConfig


class ListenConfig(AppConfig):
    name = "regulars.listen"
    label = "listen"
