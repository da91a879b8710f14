"""Personal data is masked wherever words leave: phones, names, identity numbers, and what people write into free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangcheng.common.people.masking import mask_id, mask_name, mask_numbers, mask_phone, mask_text

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WORDS = st.text(alphabet="望城区投诉小区噪音，。（）请处理 a", max_size=20)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("+86-13812341234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0731-88062345", "0731-****2345"),
        ("073188062345", "0731-****2345"),
        ("010-62345678", "010-****5678"),
        ("88062345", "****2345"),
        ("12345", "****"),
        ("保密", ""),
        ("", ""),
    ],
)
def test_a_phone_shows_its_head_and_tail(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(("name", "shown"), [("张三", "张**"), ("欧阳小明", "欧**"), (" 李四 ", "李**"), ("", "")])
def test_a_name_shows_its_first_character_and_not_its_length(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("430112199001011234", "430112********1234"),
        ("43011219900101123X", "430112********123X"),
        ("430112900101123", "430112*****1123"),
        ("1234567890", "****"),
        ("", ""),
    ],
)
def test_an_identity_number_shows_first_six_and_last_four(number: str, shown: str) -> None:
    assert mask_id(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("来电人张三，电话13812341234。", "来电人张三，电话138****1234。"),
        ("微信号wx13812341234", "微信号wx138****1234"),
        ("139 0000 1111和139-0000-2222", "139****1111和139****2222"),
        ("身份证43011219900101123x。", "身份证430112********123x。"),
        ("座机0731-88062345", "座机0731-****2345"),
        ("电话：88062345", "电话：****2345"),
        ("联系人：张三丰，", "联系人：张**，"),
        ("卡号6222021234567890123", "卡号622202******0123"),
        ("工单WC20230103-00012，金额100000元，2022-12-31", "工单WC20230103-00012，金额100000元，2022-12-31"),
        ("编号202212310001234567890", "编号202212310001234567890"),
    ],
)
def test_free_text_loses_what_gives_a_person_away_and_nothing_else(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "written",
    [
        "138.1234.5678", "138_1234_5678", "138—1234—5678", "138–1234–5678", "138·1234·5678", "1 3 8 1 2 3 4 5 6 7 8",
        "138\u200b1234\u200b5678", "1\ufeff3812345678", "１３８１２３４５６７８",
        "一三八一二三四五六七八", "幺三八 一二三四 五六七八", "138一二三四5678", "138 - 1234 - 5678", "١٣٨١٢٣٤٥٦٧٨",
        "138\n1234\n5678", "+86.138.1234.5678",
    ],
)  # fmt: skip
def test_a_mobile_number_is_masked_however_it_is_spaced(written: str) -> None:
    assert mask_text(f"请打{written}。") == "请打138****5678。"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证430112 1990 0101 123X。", "身份证430112********123X。"),
        ("卡号6222 0212 3456 7890 123", "卡号622202******0123"),
        ("电话：8806 2345", "电话：****2345"),
        ("0731-8806.2345", "0731-****2345"),
        ("第十三八组二〇二三年一月三日", "第十三八组二〇二三年一月三日"),
        ("2022.12.31至2023-01-03，13号至15号，1.3万元", "2022.12.31至2023-01-03，13号至15号，1.3万元"),
        ("15 600元、13 500元", "15 600元、13 500元"),
    ],
)
def test_other_numbers_are_masked_however_they_are_spaced_and_plain_words_stay(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_the_landline_of_an_office_stays_in_a_text_message() -> None:
    assert mask_numbers("请致电0731-88062345或13812341234") == "请致电0731-88062345或138****1234"


@given(WORDS, MOBILES, WORDS)
def test_no_mobile_number_survives_in_any_words(before: str, phone: str, after: str) -> None:
    assert phone not in mask_text(before + phone + after)


@given(st.text(max_size=60))
def test_masked_text_is_masked_for_good(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)
