"""The names of villages and communities, one short form and one full: the division codes write now one, now the other.

Lists, choosers and charts say the short form (西塘街社区, 胜利村): it is what `str()` of an Area or Organisation gives.
Detail pages and documents say the full one of the law (西塘街社区居民委员会, 胜利村村民委员会): `full_name`.  What an edition
of the codes wrote stays in `name`, by which the next edition is matched.  Pure.
"""

from __future__ import annotations

import re

_ENDINGS = re.compile(r"(村民委员会|居民委员会|村委会|居委会)$")
_KINDS = re.compile(r"(社区|村|街道|镇|乡)$")
_COMMITTEES = {"社区": "居民委员会", "村": "村民委员会"}  # 城市居民委员会组织法, 村民委员会组织法


def short_name(name: str) -> str:
    """As people say it: 西塘街社区居委会 → 西塘街社区, 胜利村委会 → 胜利村."""
    bare = _ENDINGS.sub("", name)
    if bare == name or bare.endswith(("社区", "村")):
        return bare
    return bare + ("村" if "村" in name[len(bare) :] else "社区")


def full_name(name: str) -> str:
    """The committee's name: 西塘街社区, 西塘街社区居委会 → 西塘街社区居民委员会; what is no village keeps its name."""
    short = short_name(name)
    return next((short + committee for kind, committee in _COMMITTEES.items() if short.endswith(kind)), name)


def stem(name: str) -> str:
    """The name proper, without 社区, 村, 街道, 镇 or committee: 胜利社区居委会 → 胜利."""
    return _KINDS.sub("", short_name(name)) or name
