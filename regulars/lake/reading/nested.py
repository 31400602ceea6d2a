"""Objects inside an object as columns of their own, named by the way to them: ``customer.email``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEEPEST = 4  # objects within objects; what lies below stays JSON text
Path = tuple[str, ...]


def leaves(value: Mapping[str, object], above: Path = ()) -> dict[Path, object]:
    """Path → value for everything in an object that is no object itself; a list is one value."""
    found: dict[Path, object] = {}
    for key, each in value.items():
        path = (*above, key)
        if isinstance(each, Mapping) and each and len(path) < DEEPEST:
            found |= leaves(each, path)
        else:
            found[path] = each
    return found


def paths(objects: Iterable[Mapping[str, object]]) -> list[Path]:
    """Every path with a value in some of the objects, in the order met; an object that is null in some is none."""
    met: dict[Path, bool] = {}
    for each in objects:
        for path, value in leaves(each).items():
            met[path] = met.get(path, False) or value is not None
    inside = {path[:n] for path in met for n in range(1, len(path))}
    return [path for path, said in met.items() if said or path not in inside]


def column_name(path: Path) -> str:
    """The name of the column at a path."""
    return ".".join(path)


def pointer(path: Path) -> str:
    """The path as a JSON pointer (RFC 6901), which any key can be written in."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
