"""What a turn does to know every customer (``learn``, ``publish``), and the segments that pages and plays ask.

Nothing is loaded here: what learns loads Ibis and SciPy, which the process that sends messages does without.
"""
