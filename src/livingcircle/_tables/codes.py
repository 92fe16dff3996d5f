"""Read phone numbers and credit codes the way spreadsheets mangle them."""

import re
import unicodedata
from typing import NamedTuple

import phonenumbers

# A number that Excel kept as a number and shows as 9.11E+17: digits after the 15th are gone.
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SHORT = re.compile(r"(?:1[012]\d{1,3}|1[0-2]\d{4}|9[56]\d{3,6})")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#|x)(\d{1,6})$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[、，,;；/\n|或和]+|\s{2,}")
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Code(NamedTuple):
    """Hold what was read, and a note when it is not exactly what stood there."""

    value: str
    problem: str = ""
    remedy: str = ""


def read_phone(text: str) -> Code:
    """Read one or several phone numbers into one spelling: 13800138000、010-69041234转801."""
    if _MOBILE.fullmatch(text):
        return Code(text)
    plain = unicodedata.normalize("NFKC", text).strip()
    if SCIENTIFIC.fullmatch(plain):
        return _scientific_phone(plain)
    read = [_one_phone(part) for part in _SEPARATORS.split(plain) if part.strip()]
    good = [code.value for code in read if code.value]
    notes = [code for code in read if code.problem]
    first = notes[0] if notes else Code("")
    return Code("、".join(dict.fromkeys(good)), first.problem, first.remedy)


def _scientific_phone(text: str) -> Code:
    digits = f"{float(text):.0f}"
    mantissa = re.sub(r"[eE].*|\.", "", text)
    if _MOBILE.fullmatch(digits) and len(mantissa) == 11:  # noqa: PLR2004 - every digit is still there
        return Code(digits)
    problem = f"“{text}”是科学计数法，号码的后几位已经丢失"
    return Code("", problem, "把这一列设为“文本”格式，重新填写完整号码")


def _one_phone(text: str) -> Code:
    part = re.sub(r"\.0+$", "", text.strip())
    found = _EXTENSION.search(part)
    extension = f"转{found[1]}" if found else ""
    body = re.sub(r"[\s()\-—–·.]", "", part[: found.start()] if found else part)
    body = re.sub(r"^(?:\+|00)86", "", body)
    hyphened = re.fullmatch(r"(0\d{2,3})-?(\d{7,8})-(\d{1,6})", re.sub(r"[\s()]", "", part))
    if hyphened:
        body, extension = hyphened[1] + hyphened[2], f"转{hyphened[3]}"
    if not body.isdigit():
        return _unreadable(text)
    spelled = _spell(body)
    if spelled:
        return Code(spelled + extension)
    restored = _spell("0" + body) if len(body) >= 9 else ""  # noqa: PLR2004 - area code and number
    if restored:
        problem = f"“{text.strip()}”缺少区号开头的 0，已补成 {restored}"
        return Code(
            restored + extension, problem, "把这一列设为“文本”格式，可以避免 Excel 去掉开头的 0"
        )
    return _unreadable(text)


def _spell(digits: str) -> str:
    if _MOBILE.fullmatch(digits) or _SHORT.fullmatch(digits):
        return digits
    if re.fullmatch(r"[48]00\d{7}", digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if re.fullmatch(r"[2-8]\d{6,7}", digits):  # a local number without its area code
        return digits
    if not re.fullmatch(r"0\d{9,11}", digits):
        return ""
    number = phonenumbers.parse(digits, "CN")
    if not phonenumbers.is_valid_number(number):
        return ""
    area = phonenumbers.length_of_geographical_area_code(number) + 1
    return f"{digits[:area]}-{digits[area:]}" if area > 1 else ""


def _unreadable(text: str) -> Code:
    problem = f"“{text.strip()}”不是电话号码"
    return Code("", problem, "填写 11 位手机号、带区号的座机、400 号码或服务短号")


def read_credit_code(text: str) -> Code:
    """Read a unified social credit code and test its check digit (GB 32100-2015)."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if SCIENTIFIC.fullmatch(plain) or re.fullmatch(r"\d{15,18}\.0", plain):
        problem = f"“{text}”被 Excel 当成了数字，18 位代码的后几位已经丢失"
        return Code("", problem, "把这一列设为“文本”格式，重新填写完整代码")
    if len(plain) != 18:  # noqa: PLR2004 - GB 32100-2015, 4
        return Code("", f"“{text}”有 {len(plain)} 位，统一社会信用代码是 18 位", "对照营业执照填写")
    odd = sorted(set(plain) - set(_CREDIT_LETTERS))
    if odd:
        problem = f"“{text}”含有代码里不会出现的字符 {'、'.join(odd)}"
        return Code("", problem, "对照营业执照填写，注意 0 与 O、1 与 I、2 与 Z、5 与 S")
    if check_character(plain[:17]) != plain[17]:
        return Code("", f"“{text}”的校验位不对", "对照营业执照逐位核对")
    return Code(plain)


def check_character(body: str) -> str:
    """Compute the 18th character of a credit code from its first 17 (GB 32100-2015, 5.5)."""
    total = sum(_CREDIT_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return _CREDIT_LETTERS[(31 - total % 31) % 31]
