"""The programme of a fair: its stages, the sessions that are planned in private, their releases, and the day itself.

Each function locks in the order fair, stage, session, checks, changes and records, in one transaction.
"""

from scheduling.programming.day import NotPublished, cancel_session, delay
from scheduling.programming.editing import ProgrammeIsFixed
from scheduling.programming.releases import (
    NothingToRelease,
    PresenterBusy,
    conflicts,
    diff,
    release,
)
from scheduling.programming.sessions import (
    OutsideHours,
    StageTaken,
    add_session,
    drop_session,
    edit_session,
    keep_session,
    move_session,
    people_at,
)
from scheduling.programming.stages import StageInUse, add_stage, edit_stage, remove_stage

__all__ = [
    "NotPublished",
    "NothingToRelease",
    "OutsideHours",
    "PresenterBusy",
    "ProgrammeIsFixed",
    "StageInUse",
    "StageTaken",
    "add_session",
    "add_stage",
    "cancel_session",
    "conflicts",
    "delay",
    "diff",
    "drop_session",
    "edit_session",
    "edit_stage",
    "keep_session",
    "move_session",
    "people_at",
    "release",
    "remove_stage",
]
