"""Say to somebody at a web page what the engine says to somebody with a district folder.

The engine's remedies name district.toml; whoever uploads a file has fields to fill in instead.
"""

import re

# In this order: the particular before the general.
_ON_A_PAGE = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"或在 district\.toml 的 columns 里写明哪一列就是它", "或在“对应列”里选定哪一列就是它"),
        (r"或在 district\.toml 的 columns 里对应", "或在“对应列”里选定"),
        (r"核对 district\.toml 里的列名", "在“对应列”里重新选定"),
        (r"^columns 里写的列", "对应的列"),
        (r"^columns 里写的", "对应到的"),
        (r"核对 district\.toml 里的 sheet", "从列出的工作表里选一张"),
        (r"核对 district\.toml 里的 layer", "从列出的图层里选一个"),
        (r"在 district\.toml 里用 layer 写明读哪一个", "选定读哪一个图层"),
        (
            r"在 district\.toml 里写明 encoding，例如 encoding = \"GB18030\"",
            "选定文字编码，例如 GB18030",
        ),
        (r"在 district\.toml 里改正 encoding", "改选文字编码"),
        (r"在 district\.toml 里用 coordinates 写明", "选定文件的坐标系"),
        (
            r"在 district\.toml 里把这个文件写成 coordinates = \"([^\"]*)\"",
            r"把文件的坐标系选成 \1",
        ),
        (r"不用这个文件就从 district\.toml 里删去", "不用这个文件就撤回这次上传"),
        (r"（去掉 use_osm_outlets 或这一节 \[\[outlets\]\]）", ""),
        (r"；\.osm\.pbf 写在 .* 下$", ""),
        (r"^\[\[\w+\]\] ", ""),
        (r"一起放进文件夹", "一起上传"),
        (r"把里面的文件放进文件夹再导入", "上传里面的文件"),
    )
)


def on_a_page(text: str) -> str:
    """Return a sentence, or part of one, as it reads beside an upload form."""
    for pattern, words in _ON_A_PAGE:
        text = pattern.sub(words, text)
    return text
