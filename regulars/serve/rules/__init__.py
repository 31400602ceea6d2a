"""What may be done for a guest, and what may be given away: pure, with ``now`` as an argument."""
