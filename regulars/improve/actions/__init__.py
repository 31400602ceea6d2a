"""What improve does: voices become a finding, a finding a change, and those who raised it are told and counted back."""

from regulars.improve.actions.deciding import accept, answers_for, change, refuse, train
from regulars.improve.actions.linking import links
from regulars.improve.actions.merging import merge, suggest, suggest_groups, take_out
from regulars.improve.actions.tasting import invite, open_tasting, record_vote, tallied, vote
from regulars.improve.actions.telling import next_due, run_due, tell

__all__ = [
    "accept",
    "answers_for",
    "change",
    "invite",
    "links",
    "merge",
    "next_due",
    "open_tasting",
    "record_vote",
    "refuse",
    "run_due",
    "suggest",
    "suggest_groups",
    "take_out",
    "tallied",
    "tell",
    "train",
    "vote",
]
