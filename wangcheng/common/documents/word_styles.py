"""The styles, fonts and settings of our docx files, written anew so that no theme or foreign default shines through.

Called by `word` only.
"""

from typing import Any

from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from wangcheng.common.documents import layout
from wangcheng.common.documents.fonts import WORD_FONTS, WORD_LATIN
from wangcheng.common.documents.layout import BODY_SIZE, CHAR_PITCH, STYLES, Face, Style

JUSTIFY = {"left": "left", "center": "center", "right": "right", "justify": "both"}
IDS = {
    "flush": "Normal",
    "heading1": "Heading1",
    "heading2": "Heading2",
    "heading3": "Heading3",
    "heading4": "Heading4",
}


class Maker:
    """`E.p(child, …, attribute=value)` makes the WordprocessingML element <w:p>."""

    def __getattr__(self, tag: str) -> Any:
        def make(*children: Element, **attributes: object) -> Element:
            element = OxmlElement(f"w:{tag}")
            for name, value in attributes.items():
                element.set(qn(f"w:{name}"), str(value))
            element.extend(children)
            return element

        return make


E = Maker()


def style_id(key: str) -> str:
    return IDS.get(key, key.capitalize())


def prepare(file: Docx) -> None:
    """Puts our styles, font table and settings in the place of the library's."""
    styles = file.styles.element
    for old in list(styles):
        styles.remove(old)
    styles.extend([defaults(), *(written_style(key, style) for key, style in STYLES.items())])
    settings(file)
    font_table(file)
    body = file.element.body
    for old in body.xpath("w:p"):
        body.remove(old)


def defaults() -> Element:
    """What holds where nothing else is said: 仿宋 三号, and no space before or after."""
    character = E.rPr(*characters(STYLES["flush"]), E.lang(val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
    spacing = E.spacing(before=0, after=0, line=round(layout.LINE_PITCH * 20), lineRule="exact")
    return E.docDefaults(E.rPrDefault(character), E.pPrDefault(E.pPr(spacing)))


def characters(style: Style) -> list[Element]:
    """Font, colour, spacing and size, in the order the schema wants.

    Body type is drawn together by a hair (28 × 16 pt is more than the 156 mm of the standard), by character spacing
    and not by the document grid, since the programs differ about the latter.
    """
    squeeze = round((CHAR_PITCH - BODY_SIZE) * 20 - 0.5) if style.size == BODY_SIZE else 0
    size = round(style.size * 2)
    return [
        fonts(style.face),
        *([] if style.level == 0 else [E.b(val=0), E.bCs(val=0)]),
        E.color(val=style.colour),
        E.spacing(val=squeeze),
        E.kern(val=0),
        E.sz(val=size),
        E.szCs(val=size),
    ]


def fonts(face: Face) -> Element:
    name = WORD_FONTS[face][0]
    return E.rFonts(ascii=WORD_LATIN, hAnsi=WORD_LATIN, eastAsia=name, cs=WORD_LATIN, hint="eastAsia")


def written_style(key: str, style: Style) -> Element:
    normal = key == "flush"
    result = E.style(type="paragraph", styleId=style_id(key), **({"default": 1} if normal else {}))
    result.append(E.name(val="Normal" if normal else style.name))
    if not normal:
        result.append(E.basedOn(val="Normal"))
    if style.level:
        result.append(E.next(val=style_id("body")))
    result.append(E.qFormat())
    result.append(lines(style))
    result.append(E.rPr(*characters(style)))
    return result


def lines(style: Style) -> Element:
    """Paragraph properties: exact pitch, no widow control (a page has 22 lines), no gaps between Chinese and Latin."""
    exact = E.spacing(before=round(style.before * 20), after=0, line=round(style.pitch * 20), lineRule="exact")
    first = {"firstLine": round(style.indent * CHAR_PITCH * 20), "firstLineChars": round(style.indent * 100)}
    return E.pPr(
        *([E.keepNext()] if style.keep_next else []),
        E.widowControl(val=0),
        E.autoSpaceDE(val=0),
        E.autoSpaceDN(val=0),
        E.adjustRightInd(val=0),
        E.snapToGrid(val=0),
        exact,
        E.ind(**first),
        E.jc(val=JUSTIFY[style.align]),
        *([E.outlineLvl(val=style.level - 1)] if style.level else []),
    )


def settings(file: Docx) -> None:
    """Different footers left and right, Chinese as the language, the manners of today's Word."""
    element = file.settings.element
    file.settings.odd_and_even_pages_header_footer = True
    for mode in element.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")
    for language in element.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for spacing in element.iter(qn("w:characterSpacingControl")):
        spacing.set(qn("w:val"), "compressPunctuation")


def font_table(file: Docx) -> None:
    """Names what may stand in for each font where a desk lacks it."""
    part = next(r.target_part for r in file.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.FONT_TABLE)
    entries = []
    for name, *others in WORD_FONTS.values():
        charset, family, pitch = E.charset(val="86"), E.family(val="auto"), E.pitch(val="variable")
        entries.append(E.font(E.altName(val=",".join(others)), charset, family, pitch, name=name))
    entries.append(E.font(E.charset(val="00"), E.family(val="roman"), E.pitch(val="variable"), name=WORD_LATIN))
    part._blob = serialize_part_xml(E.fonts(*entries))
