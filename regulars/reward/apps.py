"""Django's name for this stage."""

from django.apps import AppConfig


class RewardConfig(AppConfig):
    name = "regulars.reward"
    label = "reward"
