"""The command line as a person meets it: what it says when a setting is wrong, and that two at once agree."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.access.models import User
from regulars.brand.models import Brand
from regulars.gather.models import Import
from regulars.web.commands import COMMANDS, main
from tests.web.running import PROGRAM, environment, run

pytestmark = pytest.mark.slow  # each starts programs of its own


def test_help_names_every_command_without_starting_django() -> None:
    ask = (
        "import sys; from regulars.web.commands import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print([name for name in ('django', 'rich', 'ibis') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert said.endswith("[]\n")
    for name in set(COMMANDS) - {"migrate", "web"}:
        assert f"\n    {name} " in said


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("REGULARS_HOME", "/dev/null/home", "name a folder that you may write to"),
        ("REGULARS_HOME", "/proc", "name a folder that you may write to"),
        ("REGULARS_DATABASE_URL", "nonsense", "write one of these, or leave it out for SQLite"),
        ("REGULARS_DATABASE_URL", "postgresql://host:port/name", "write postgresql://"),
        ("REGULARS_DATABASE_URL", "sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("REGULARS_ENGINE", "oracle", "write duckdb"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    tmp_path: Path, setting: str, value: str, says: str
) -> None:
    if value == "/proc" and sys.platform != "linux":
        pytest.skip("only Linux has /proc")
    done = run(tmp_path, "migrate", **{setting: value})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("regulars: ")
    assert setting in done.stderr
    assert says in done.stderr


def test_a_password_in_a_wrong_database_url_is_not_repeated(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate", REGULARS_DATABASE_URL="mysql://shop:pearl-key@db/shop")
    assert done.returncode == 1
    assert "pearl-key" not in done.stdout + done.stderr


def test_commands_that_start_at_once_on_a_fresh_home_all_succeed(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    started = [
        subprocess.Popen(
            [*PROGRAM, "brand"],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ends = [(*each.communicate(timeout=60), each.returncode) for each in started]
    assert [(error, code) for _, error, code in ends] == [("", 0)] * 4
    assert len({out for out, _, _ in ends}) == 1
    assert home.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_a_home_of_a_newer_regulars_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.create(app="brand", name="0999_what_comes_later")
    assert main(["brand"]) == 1
    assert "written by a newer Regulars (it has brand 0999_what_comes_later)" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_brand_is_shown_and_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brand", "--name", "Plum Rain", "--currency", "jpy", "--time-zone", "Asia/Tokyo"]) == 0
    brand = Brand.objects.get()
    assert (brand.name, brand.currency, brand.time_zone, brand.region) == (
        "Plum Rain",
        "JPY",
        "Asia/Tokyo",
        "CN",
    )
    assert "currency   JPY" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("flag", "value", "says"),
    [
        ("--currency", "QQQ", "QQQ is no currency"),
        ("--time-zone", "Mars/Olympus", "Mars/Olympus is no time zone"),
        ("--region", "XX", "XX is no region"),
        ("--day-ends", "25:00", "25:00 is no time of day"),
        ("--day-ends", "18:00", "a day ends between"),
    ],
)
def test_a_brand_that_no_standard_knows_is_refused(
    capsys: pytest.CaptureFixture[str], flag: str, value: str, says: str
) -> None:
    assert main(["brand", flag, value]) == 1
    assert says in capsys.readouterr().err
    assert not Brand.objects.exists()


@pytest.mark.django_db
def test_what_figures_depend_on_is_fixed_by_the_first_import(capsys: pytest.CaptureFixture[str]) -> None:
    Import.objects.create(
        name="sales", state="landed", batch=1, started_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    assert main(["brand", "--currency", "USD"]) == 1
    assert "currency cannot change after the first import" in capsys.readouterr().err
    assert main(["brand", "--name", "Another name"]) == 0


@pytest.mark.django_db
def test_an_account_made_where_nobody_types_gets_a_password_that_opens_it(
    capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    assert main(["user", "add", "lin", "--role", "owner"]) == 0
    password = capsys.readouterr().out.strip().rpartition(" ")[2]
    user = User.objects.get(username="lin")
    assert user.check_password(password)
    assert main(["user", "password", "lin"]) == 0
    user.refresh_from_db()
    assert not user.check_password(password)
    assert main(["user", "add", "lin", "--role", "owner"]) == 1
    assert "already" in capsys.readouterr().err


def test_words_that_are_no_command_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["servr"])
    assert end.value.code == 2
    assert "servr" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "brand"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        assert command.stderr.read() == ""
        assert command.wait(30) == 0
