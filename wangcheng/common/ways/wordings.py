"""What every form and every file says of a value that is out of bounds, in official words instead of Django's.

Imported when the app is ready: validators read these words from their classes, so forms, models and REST say the same.
"""

from django.core import validators
from django.forms import fields, models

validators.MinValueValidator.message = "不得小于%(limit_value)s。"
validators.MaxValueValidator.message = "不得大于%(limit_value)s。"
validators.StepValueValidator.message = "应为%(limit_value)s的倍数。"
validators.MinLengthValidator.message = "至少%(limit_value)d个字，现有%(show_value)d个字。"
validators.MaxLengthValidator.message = "最多%(limit_value)d个字，现有%(show_value)d个字。"
validators.ProhibitNullCharactersValidator.message = "含有不能保存的字符。"
validators.DecimalValidator.messages = {
    "invalid": "请填写数字。",
    "max_digits": "最多%(max)s位数字。",
    "max_decimal_places": "最多保留%(max)s位小数。",
    "max_whole_digits": "整数部分最多%(max)s位。",
}
for _field, _words in (
    (fields.IntegerField, {"invalid": "请填写整数。"}),
    (fields.FloatField, {"invalid": "请填写数字。"}),
    (fields.DecimalField, {"invalid": "请填写数字。"}),
    (fields.DateField, {"invalid": "请填写正确的日期，如2022-12-31。"}),
    (fields.TimeField, {"invalid": "请填写正确的时间，如09:30。"}),
    (fields.DateTimeField, {"invalid": "请填写正确的日期和时间，如2022-12-31 09:30。"}),
    (fields.ChoiceField, {"invalid_choice": "没有“%(value)s”这一选项，请重新选择。"}),
    (fields.FileField, {"empty": "提交的是空文件。", "max_length": "文件名最多%(max)d个字，现有%(length)d个字。"}),
    (models.ModelChoiceField, {"invalid_choice": "没有这一选项，请重新选择。"}),
    (models.ModelMultipleChoiceField, {"invalid_choice": "没有“%(value)s”这一选项，请重新选择。"}),
):
    _field.default_error_messages = _field.__dict__["default_error_messages"] | _words
