"""Whistles (雷锋哨) and hard whistles (攻坚哨) with their events, as-of rows, sights, files and ratings.

Read by everybody above; written only through the steps of `workflow` and `hard_workflow`, taken by `actions`.
"""

from whistle.hard_models import (
    HardBatch,
    HardWhistle,
    HardWhistleAttachment,
    HardWhistleEvent,
    HardWhistleSight,
    HardWhistleSource,
    HardWhistleStanding,
)
from whistle.whistle_models import (
    Grade,
    Whistle,
    WhistleAttachment,
    WhistleEvent,
    WhistleRating,
    WhistleSight,
    WhistleStanding,
    label_of,
)

__all__ = [
    "Grade",
    "HardBatch",
    "HardWhistle",
    "HardWhistleAttachment",
    "HardWhistleEvent",
    "HardWhistleSight",
    "HardWhistleSource",
    "HardWhistleStanding",
    "Whistle",
    "WhistleAttachment",
    "WhistleEvent",
    "WhistleRating",
    "WhistleSight",
    "WhistleStanding",
    "label_of",
]
