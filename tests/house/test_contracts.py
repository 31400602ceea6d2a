"""The import contracts are there and bind: `make lint` checks the code against them, this checks them."""

from __future__ import annotations

import configparser
import re

from tests.house.files import CHECKOUT

LOOP = ["gather", "identify", "know", "engage", "reward", "serve", "listen", "improve", "measure"]
SENTENCES = {
    "loop",
    "models",
    "rules",
    "tables",
    "lake-and-django",
    "engines",
    "databases",
    "core",
    "clock",
    "plug-ins",
    "simulate-imports",
    "simulate-importers",
    "analyst",
}


def contracts() -> dict[str, configparser.SectionProxy]:
    parser = configparser.ConfigParser()
    parser.read(CHECKOUT / ".importlinter")
    return {section.rpartition(":")[2]: parser[section] for section in parser.sections() if ":" in section}


def test_there_is_one_contract_for_each_sentence_of_the_design() -> None:
    assert set(contracts()) == SENTENCES


def test_the_loop_is_in_its_order_and_leaves_no_folder_out() -> None:
    loop = contracts()["loop"]
    layers = re.findall(r"\w+", loop["layers"])
    assert [each for each in reversed(layers) if each in LOOP] == LOOP
    assert loop["exhaustive"] == "True"
    assert loop["exhaustive_ignores"].split() == ["simulate"]


def test_no_contract_is_softened_outside_the_place_that_it_names() -> None:
    allowed = {"engines": ("regulars.lake.",), "databases": ("regulars.desk.", "regulars.settings ")}
    for which, contract in contracts().items():
        ignored = contract.get("ignore_imports", "").strip().splitlines()
        assert all(each.startswith(allowed.get(which, ())) for each in ignored), f"{which}: {ignored}"
