"""What a file's columns mean, as a person writes it down: a map is read from TOML, checked, and written back."""

from regulars.gather.map.map import Join, Map
from regulars.gather.map.text import read_map, write_map

__all__ = ["Join", "Map", "read_map", "write_map"]
