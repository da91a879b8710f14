"""Masking of personal data (个人信息脱敏): phones, names, identity numbers and free text.  Pure; called wherever words leave.

phone 138****1234 · name 张** · identity number first 6 and last 4.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_IN_NUMBER = r"(?<![0-9])"
_NOT_BEFORE_DIGIT = r"(?![0-9])"
_IDENTITY = re.compile(_NOT_IN_NUMBER + r"([1-9]\d{5})(?:\d{11}[\dXx]|\d{9})" + _NOT_BEFORE_DIGIT)
_BANK_CARD = re.compile(_NOT_IN_NUMBER + r"(62\d{4})\d{6,9}(\d{4})" + _NOT_BEFORE_DIGIT)
_MOBILE = re.compile(
    _NOT_IN_NUMBER
    + r"(?P<area>(?:\+?86|0086)[- ]?)?(?P<head>1[3-9]\d)[- ]?\d{4}[- ]?(?P<tail>\d{4})"
    + _NOT_BEFORE_DIGIT
)
_LANDLINE = re.compile(_NOT_IN_NUMBER + r"(?P<area>\(?0\d{2,3}\)?[- ]?)\d{3,4}[- ]?(?P<tail>\d{4})" + _NOT_BEFORE_DIGIT)
_LABELLED_PHONE = re.compile(
    r"(?P<label>(?:电话|手机|号码)[号]?(?:码)?(?:是|为)?[:： ]*)\d{3,4}(?P<tail>\d{4})" + _NOT_BEFORE_DIGIT
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
    """Free text without mobile, identity and bank card numbers; the landlines of offices stay."""
    text = _half_width_digits(text)
    text = _IDENTITY.sub(lambda found: mask_id(found[0]), text)
    text = _BANK_CARD.sub(lambda found: f"{found[1]}******{found[2]}", text)
    return _MOBILE.sub(r"\g<head>****\g<tail>", text)


def mask_text(text: str) -> str:
    """Free text for lists, exports, logs and print: numbers of any kind, and names that a label or a title gives away."""
    text = mask_numbers(text)
    text = _LANDLINE.sub(r"\g<area>****\g<tail>", text)
    text = _LABELLED_PHONE.sub(r"\g<label>****\g<tail>", text)
    return _LABELLED_NAME.sub(lambda found: found["label"] + mask_name(found["name"]), text)


def _half_width_digits(text: str) -> str:
    return text.translate(_FULL_WIDTH)


_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
