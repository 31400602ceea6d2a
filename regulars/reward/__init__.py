"""The points book and coupons: append-only, never below zero, reversed on refunds."""
