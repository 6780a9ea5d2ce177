"""Fill the gaps of the Traditional Chinese catalogue from the Simplified one.

For maintainers:
`uv run --no-project --with opencc-python-reimplemented --with babel python -m tools.derive_zh_hant`

OpenCC knows characters and everyday words (s2twp); what the desk says otherwise is in GLOSSARY.
What a translator has written by hand is left alone.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"

# What OpenCC makes of it → what is said in Taiwan, Hong Kong and Macau at a service desk.
GLOSSARY = {
    "程式碼": "代碼",
    "影片通話": "視訊通話",
    "服務質量": "服務品質",
    "運營": "營運",
    "聯繫": "聯絡",
    "快捷鍵": "快速鍵",
    "登入名稱": "登入名",
    "登入名": "登入名稱",
    "短橫線": "連字號",
    "賬戶": "帳戶",
    "賬號": "帳號",
    "審計": "稽核",
    "信函": "信件",
    "渠道": "管道",
    "質檢": "品檢",
    "許可權": "權限",
    "前臺": "前台",
    "服務檯": "服務台",
    "型別": "類型",
    "下劃線": "底線",
    "佔線": "忙線",
    "合同": "合約",
    "並單": "併單",
    "演示": "示範",
    "重新新增": "重新加入",
    "“": "「",
    "”": "」",
}


def traditional(simplified: str, convert: OpenCC) -> str:
    text: str = convert.convert(simplified)
    for made, said in GLOSSARY.items():
        text = text.replace(made, said)
    return text


def fill(source: Catalog, target: Catalog) -> int:
    """Fill what is empty in the target; how many sentences that were."""
    convert = OpenCC("s2twp")
    filled = 0
    for message in source:
        mine = target.get(message.id)
        if not message.id or mine is None or not _empty(mine) or _empty(message):
            continue
        if isinstance(message.string, str):
            mine.string = traditional(message.string, convert)
        else:
            mine.string = tuple(traditional(form, convert) for form in message.string)
        filled += 1
    return filled


def _empty(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else message.string
    return not any(strings)


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def main() -> int:
    with _path("zh_Hans").open("rb") as file:
        source = read_po(file, locale="zh_Hans")
    with _path("zh_Hant").open("rb") as file:
        target = read_po(file, locale="zh_Hant")
    filled = fill(source, target)
    with _path("zh_Hant").open("wb") as file:
        write_po(file, target, sort_output=True, omit_header=True, width=0)
    print(f"{filled} sentences filled; read them once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
