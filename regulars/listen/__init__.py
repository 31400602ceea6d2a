"""Voices: what customers said, in answers, complaints, interviews and reviews, each with one number."""
