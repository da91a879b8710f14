"""Masking of personal data (个人信息脱敏): phones, names, identity numbers and free text.  Pure; called wherever words leave.

phone 138****1234 · name 张** · identity number first 6 and last 4.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_IN_NUMBER = r"(?<![0-9])"
_NOT_BEFORE_DIGIT = r"(?![0-9])"
_GAP = r"[\s.·_—–‐‑－-]{0,3}"  # what people write between the digits of a number, on purpose or not
_SPOKEN = "〇零一二三四五六七八九"
_DIGIT = rf"[0-9{_SPOKEN}幺]"


def _digits(count: str, digit: str = r"\d") -> str:
    """`count` ("4", "3,4") digits, each after a gap."""
    return rf"(?:{_GAP}{digit}){{{count}}}"


_BIRTHDAY = rf"{_GAP}(?:1{_GAP}9|2{_GAP}0){_digits('2')}{_GAP}[01]{_digits('1')}{_GAP}[0-3]{_digits('1')}"
_IDENTITY = re.compile(
    _NOT_IN_NUMBER
    + rf"(?:[1-9]\d{{5}}(?:\d{{11}}[\dXx]|\d{{9}})|[1-9]{_digits('5')}{_BIRTHDAY}{_digits('3')}{_GAP}[\dXx])"
    + _NOT_BEFORE_DIGIT
)
_BANK_CARD = re.compile(_NOT_IN_NUMBER + rf"6{_GAP}2{_digits('14,17')}" + _NOT_BEFORE_DIGIT)
_MOBILE = re.compile(
    rf"(?<!{_DIGIT})(?:(?:\+?86|0086){_GAP})?"
    + rf"(?P<number>[1一幺]{_GAP}[3-9三四五六七八九]{_digits('9', _DIGIT)})(?!{_DIGIT})"
)
# A mobile number in groups, with signs between them that lists of small numbers have as well: 139，1234，5678.
_COMMA = r"[\s/,，、;；]{1,2}"
_GROUPED = re.compile(
    rf"(?<!{_DIGIT})(?={_DIGIT}{{3,8}}(?:{_COMMA}{_DIGIT}{{3,8}}){{1,2}}(?!{_DIGIT}))"
    + rf"[1一幺](?:{_COMMA})?[3-9三四五六七八九](?:(?:{_COMMA})?{_DIGIT}){{9}}(?!{_DIGIT})"
)
_LANDLINE = re.compile(
    _NOT_IN_NUMBER + rf"(?P<area>\(?0\d{{2,3}}\)?[- ]?)\d{_digits('2,3')}(?P<tail>{_digits('4')})" + _NOT_BEFORE_DIGIT
)
_LABELLED_PHONE = re.compile(
    r"(?P<label>(?:电话|手机|号码)[号]?(?:码)?(?:是|为)?[:： ]*)"
    + rf"\d{_digits('2,3')}(?P<tail>{_digits('4')})"
    + _NOT_BEFORE_DIGIT
)
_LABELLED_NAME = re.compile(
    r"(?P<label>(?:姓名|联系人|来电人|投诉人|举报人|反映人|当事人|求助人|诉求人)(?:是|为|叫|姓名)?[:：]\s*)(?P<name>[\u4e00-\u9fff·]{2,5})"
)


def mask_phone(phone: str) -> str:
    """138****1234; a landline keeps its area code and last four digits; anything shorter is hidden altogether."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    if not digits:
        return ""
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < 7:
        return "****"
    if digits.startswith("0") and len(digits) >= 10:
        area = 3 if digits[1] in "12" else 4
        return f"{digits[:area]}-****{digits[-4:]}"
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"****{digits[-4:]}"


def mask_name(name: str) -> str:
    """张**: the first character, whatever the length."""
    name = name.strip()
    return f"{name[0]}**" if name else ""


def mask_id(number: str) -> str:
    """First six and last four of an identity number; anything shorter is hidden altogether."""
    number = number.strip()
    if not number:
        return ""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}" if len(number) >= 15 else "****"


def mask_numbers(text: str) -> str:
    """Free text without mobile, identity and bank card numbers, however they are spaced; the landlines of offices stay."""
    text = _plain(text)
    text = _IDENTITY.sub(lambda found: mask_id(_closed(found[0])), text)
    text = _BANK_CARD.sub(lambda found: f"{_closed(found[0])[:6]}******{_closed(found[0])[-4:]}", text)
    text = _MOBILE.sub(lambda found: mask_phone(_closed(found["number"])), text)
    return _GROUPED.sub(lambda found: mask_phone(_closed(found[0])), text)


def mask_text(text: str, *, name: str = "", phone: str = "", secret: bool = False) -> str:
    """Free text for lists, exports, logs and print: numbers of any kind, and names that a label or a title gives away.

    Where it is known whom the text is about, the person's `name` and `phone` go as well; if it is `secret` who it is, wholly.
    """
    text = _without_person(_plain(text), name, phone, secret) if name or phone else text
    text = mask_numbers(text)
    text = _LANDLINE.sub(lambda found: f"{found['area']}****{_closed(found['tail'])}", text)
    text = _LABELLED_PHONE.sub(lambda found: f"{found['label']}****{_closed(found['tail'])}", text)
    return _LABELLED_NAME.sub(lambda found: found["label"] + mask_name(found["name"]), text)


def _without_person(text: str, name: str, phone: str, secret: bool) -> str:
    """Patterns are made for those texts alone that hold the name or the number; most do not, and lists have many."""
    name = _TITLE.sub("", re.sub(r"\W", "", name))
    if len(name) >= 2 and name not in _NOBODY and name in re.sub(r"\W", "", text):
        hidden = "***" if secret else mask_name(name)
        text = re.sub(r"[\W_]{0,2}".join(map(re.escape, name)), hidden, text)
    number, closed = re.sub(r"\D", "", _plain(phone)), re.sub(r"\D", "", text.translate(_AS_DIGITS))
    for part in _parts(number):
        if part in closed:
            spelt = r"[\W_]{0,3}".join(f"[{digit}{_SPELT[digit]}]" for digit in part)
            text = re.sub(spelt, "****" if secret else mask_phone(part), text)
    return text


def _parts(number: str) -> list[str]:
    """A number as people write it: whole, without the country's code, without the area's; seven digits are a landline."""
    short = number.removeprefix("0086") if number.startswith("00") else number
    short = short[2:] if len(short) == 13 and short.startswith("86") else short
    cuts = (number, short, *(short[cut:] for cut in (3, 4) if short.startswith("0") and 7 <= len(short) - cut <= 8))
    return [part for part in dict.fromkeys(cuts) if len(part) >= 7]


def _plain(text: str) -> str:
    """Without characters that take no room, and every digit a plain one."""
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), _NO_WIDTH.sub("", text))


def _closed(number: str) -> str:
    """The digits of a number as one, spoken ones too."""
    return re.sub(r"[^0-9Xx]", "", number.translate(_AS_DIGITS))


_NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_TITLE = re.compile(r"(?<=..)(?:先生|女士|小姐|同志)$")
_NOBODY = frozenset({  # what is written instead of a name
    "匿名", "保密", "先生", "女士", "小姐", "同志", "市民", "居民", "村民", "业主", "群众", "网友", "无名", "未知",
})  # fmt: skip
_SPELT = {"0": "〇零", "1": "一幺", **{str(digit): char for digit, char in enumerate(_SPOKEN[3:], start=2)}}
_AS_DIGITS = {ord(char): str(digit) for digit, char in enumerate(_SPOKEN[1:])} | {ord("〇"): "0", ord("幺"): "1"}
