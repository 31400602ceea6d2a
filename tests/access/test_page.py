"""The page about access says what the table of permissions says."""

from __future__ import annotations

from pathlib import Path

from regulars.access import rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
VERBS = {
    "figures: Today": ["see_figures"],
    "customers by number": ["see_customers"],
    "names, phones": ["see_personal"],
    "take figures and lists": ["export_figures", "export_customers"],
    "what was imported": ["see_imports"],
    "plays with": ["see_plays"],
    "make, approve": ["run_plays"],
    "the staff page": ["serve_guests"],
    "voices, findings": ["see_voices"],
    "write down": ["hear"],
    "merge voices": ["improve"],
    "bring files": ["import", "see_rejected", "change_brand"],
    "the trail": ["see_trail"],
    "accounts": ["change_accounts"],
}


def test_each_cell_of_the_page_is_a_permission_and_no_permission_is_missing() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line.startswith("|")]
    roles = [cell.strip() for cell in rows[0][1:]]
    assert set(roles) == set(rules.PERMISSIONS)
    seen = set()
    for line in rows[2:]:
        verbs = next(verbs for begin, verbs in VERBS.items() if line[0].strip().startswith(begin))
        seen |= set(verbs)
        for role, cell in zip(roles, line[1:], strict=True):
            assert [rules.may(role, verb) for verb in verbs] == [bool(cell.strip())] * len(verbs), (
                role,
                verbs,
            )
    assert seen == set(rules.VERBS)
