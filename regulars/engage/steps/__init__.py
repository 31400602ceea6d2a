"""The steps that engage brings; reward adds its own."""
