"""`import`: files in, through the same call that every door uses; without a map it says what it would guess."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.gather.map.guess import Guess
    from regulars.gather.models import Import

HELP = "bring files of sales, visits, members, products, stores, staff or spend"
TOTALS = 'rows = "totals"\n[columns]\nstore_id = "store_id"\ndate = "date"\ntotal = "total"\n'
SURE = 0.75  # from here on a file sent through a page needs no map of its own
ROWS = 3  # of each kind shown by a dry run
SHOWN = 20  # reasons or differences printed; all of them stand on the page of the import


def arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and what they mean."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="CSV, Parquet or JSON lines; also .gz"
    )
    parser.add_argument(
        "--map", type=Path, metavar="MAP.toml", help="what the columns mean; without it: a guess"
    )
    parser.add_argument(
        "--as", dest="name", metavar="NAME", help="the import's name (default: the first file's)"
    )
    parser.add_argument("--append", action="store_true", help="add to what the name brought, replace nothing")
    parser.add_argument("--dry-run", action="store_true", help="read and check everything, keep nothing")
    parser.add_argument(
        "--totals", type=Path, metavar="TOTALS.csv", help="what came in a store and day, to compare"
    )
    parser.add_argument("--waiting", type=int, metavar="NUMBER", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> None:
    """Bring the files, or one that waits, and say what was taken and what was not."""
    from regulars.core.refused import Refused

    if options.waiting:
        bring_waiting(options.waiting)
        return
    if not options.files:
        raise Refused("name at least one file; regulars import --help says more")
    for path in (*options.files, *filter(None, (options.map, options.totals))):
        if not path.is_file():
            raise Refused("%(path)s is not a file", path=path)
    if options.map is None:
        guess(options.files, options.name)
        return
    if options.dry_run:
        preview(options.files, _text(options.map))
    else:
        row = bring(options.files, _text(options.map), name=options.name, append=options.append)
        tell(row)
        if options.totals:
            tell(bring([options.totals], TOTALS, name=f"{row.name} totals"))


def guess(files: list[Path], name: str | None) -> None:
    """Say what the columns of the first file seem to mean and how sure that is, and save it as a map to mend.

    Nothing is brought, and a map that lies there already is not written over.
    """
    from regulars.core.refused import Refused

    path = Path(f"{Path(name or files[0].name).name.split('.')[0]}.map.toml")
    if path.exists():
        raise Refused("%(path)s lies here already; mend it, and import again with --map %(path)s", path=path)
    found = guessed(files[0])
    print(found.text)
    try:
        path.write_text(found.text, encoding="utf-8")
    except OSError as error:
        raise Refused("cannot write %(path)s: %(why)s", path=path, why=error.strerror) from error
    if found.map is not None:
        preview(files, found.text)
    print(f"\nNothing was brought. The map is in {path}: mend it, and import again with --map {path}")


def guessed(file: Path) -> Guess:
    """The likeliest map of a file, from its headers and its first rows."""
    from regulars import settings
    from regulars.gather.map.guess import guess as likeliest
    from regulars.lake.reading.sample import sample

    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as scratch:
        seen = sample(file, Path(scratch))
    return likeliest(seen.headers, seen.values())


def preview(files: list[Path], map_text: str) -> None:
    """Read, type and check the files as an import would, show what would come of them, and keep nothing."""
    from regulars import clock, settings
    from regulars.gather.actions.imports import stage_files
    from regulars.gather.map import read_map
    from regulars.web.progress import shown

    with (
        tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as scratch,
        shown("reading") as progress,
    ):
        staged = stage_files(files, read_map(map_text), Path(scratch), clock.now(), progress)
        first = {name: _first_rows(path) for name, path in staged.parts.items() if name in staged.taken}
    taken = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in staged.taken.items())
    print(
        f"would bring {taken or 'nothing'} from {staged.read:,} rows; {staged.rejected:,} would be rejected"
    )
    _tell_reasons(staged.reasons)
    for name, rows in first.items():
        _tell_rows(name, rows)


def _first_rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    batch = next(pq.ParquetFile(path).iter_batches(batch_size=ROWS), None)
    return batch.to_pylist() if batch is not None else []


def _tell_rows(name: str, rows: list[dict[str, Any]]) -> None:
    """A few rows, one value a line where it is given: twenty columns fit no terminal."""
    for number, row in enumerate(rows, 1):
        said = ", ".join(f"{column} {value}" for column, value in row.items() if value is not None)
        print(f"  {name.replace('_', ' ')} {number}: {said}")


def _text(path: Path) -> str:
    from regulars.core.refused import Refused

    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("%(path)s is not a map: it is not UTF-8 text", path=path) from None


def bring(files: list[Path], map_text: str, **more: Any) -> Import:
    """Bring files at the brand's clock with the progress on a terminal."""
    from regulars import clock
    from regulars.gather.actions.imports import bring as take
    from regulars.web.progress import shown

    with shown(more.get("name") or files[0].name) as progress:
        return take(files=files, map_text=map_text, now=clock.now(), progress=progress, **more)


def bring_waiting(number: int) -> None:
    """Bring what was left in ``HOME/waiting/<number>``, if it still waits; a killed try is taken up again."""
    from regulars import settings
    from regulars.desk.locks import writing
    from regulars.gather.models import Import
    from regulars.lake.head import read

    folder = settings.HOME / "waiting" / str(number)
    with writing(f"import {number}"):
        row = Import.objects.filter(pk=number).first()
        if row is None or row.state not in (Import.State.WAITING, Import.State.LOADING, Import.State.STOPPED):
            return
        if row.batch is not None and row.batch <= read(settings.HOME / "lake").number:
            Import.objects.filter(pk=number).update(state=Import.State.LANDED)  # killed after its last act
        else:
            _bring_waiting(row, folder)
        shutil.rmtree(folder, ignore_errors=True)


def _bring_waiting(row: Import, folder: Path) -> None:
    """A refusal is an end, too: it stands with the import, and its files go; anything else is tried again."""
    from regulars.core.refused import Refused

    found = [folder / each["name"] for each in row.files]
    try:
        if not found or not all(path.is_file() for path in found):
            raise Refused(
                "the files of import %(number)d are gone from %(folder)s", number=row.pk, folder=folder
            )
        tell(bring(found, row.map_text or _sure_map(found[0]), name=row.name, append=row.appended, row=row))
    except Refused as refused:
        row.state, row.error = row.State.REFUSED, str(refused)
        row.save()
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _sure_map(file: Path) -> str:
    """The guess, where it is good enough that nobody has to look; refuses with the guess to mend where it is not."""
    from regulars.core.refused import Refused

    found = guessed(file)
    if found.map is None or found.overall < SURE:
        raise Refused(
            "%(file)s came without a map, and what its columns mean is not sure enough to go on (%(sure)d %%);"
            " send it again with this map, mended:\n\n%(map)s",
            file=file.name,
            sure=round(100 * found.overall),
            map=found.text,
        )
    return found.text


def summary(row: Import) -> str:
    """One line: what an import took and what it did not."""
    taken = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in row.taken.items()) or "nothing"
    return f"{row.name}: {taken} from {row.rows_read:,} rows, {row.rows_rejected:,} rejected"


def tell(row: Import) -> None:
    """Say what was taken, what was rejected and why, where those rows are, and how totals compare."""
    print(summary(row))
    _tell_reasons(row.reasons)
    if row.rows_rejected:
        print(f"  the rejected rows: regulars rejected {row.pk} --out rejected.csv")
    for each in row.totals[:SHOWN]:
        store, day, given, came = each["store_id"], each["date"], each["given"], each["came"]
        print(
            f"  {store} {day}: given {_money(given)}, came {_money(came)}, difference {_money(each['difference'])}"
        )


def _tell_reasons(reasons: dict[str, int]) -> None:
    for reason, count in sorted(reasons.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]:
        print(f"  {count:>9,}  {reason}")


def _money(minor: int | None) -> str:
    from regulars.brand.actions import the_brand
    from regulars.core.money import digits

    if minor is None:
        return "nothing"
    places = digits(the_brand().currency)
    return f"{minor / 10**places:,.{places}f}"
