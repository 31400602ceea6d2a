"""Django's name for this stage."""

from django.apps import AppConfig


class BrandConfig(AppConfig):
    name = "regulars.brand"
    label = "brand"
