"""The report as an official document: text, signature and date, and one performance table a page as annexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from budget.report.narrative import Section, fill
from budget.report.tables import as_table
from wangcheng.common.documents import Annex, Document, Heading, Paragraph, numbered
from wangcheng.common.documents.layout import chars

if TYPE_CHECKING:
    from budget.report.content import Content

TITLE_CHARS = 20  # of 二号 on a line
ISSUER = "长沙市望城区社会治理服务中心"


def build(year: int, content: Content) -> Document:
    """The whole report.  LookupError for a place in the text that no figure fills."""
    return Document(
        title=f"{year}年度{ISSUER.removeprefix('长沙市')}\n部门整体支出预算绩效自评报告",
        blocks=numbered(_blocks(content["sections"], content["values"])),
        annexes=tuple(Annex(_annex_title(found["title"]), (as_table(found),)) for found in content["tables"]),
        signature=ISSUER,
        date=date.fromisoformat(content["dated_on"]),
    )


def _annex_title(title: str) -> str:
    """A long one breaks before 项目支出."""
    return title if chars(title) <= TITLE_CHARS else title.replace("项目支出", "\n项目支出", 1)


def _blocks(sections: Sequence[Section], values: Mapping[str, str]) -> Iterator[Heading | Paragraph]:
    for section in sections:
        yield Heading(section["heading"], section["level"])
        for line in fill(section["text"], values).split("\n"):
            if line.strip():
                yield Paragraph(line.strip())


def text_of(sections: Sequence[Section], values: Mapping[str, str]) -> str:
    """The plain text, for the cross-check and the preview."""
    blocks = numbered(_blocks(sections, values))
    return "\n".join(block.text for block in blocks if isinstance(block, Heading | Paragraph))


class Shown(Section):
    """A section with its number and its places filled."""

    number: str
    filled: str


def filled_sections(sections: Sequence[Section], values: Mapping[str, str]) -> list[Shown]:
    """Each section as it reads, for the page and REST."""
    headings = numbered(Heading(section["heading"], section["level"]) for section in sections)
    return [
        {**section, "number": _number(heading), "filled": fill(section["text"], values)}
        for section, heading in zip(sections, headings, strict=True)
    ]


def _number(heading: object) -> str:
    return heading.text if isinstance(heading, Heading) else ""
