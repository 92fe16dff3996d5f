"""Write the reference page of the input tables from the tables themselves."""

from livingcircle._tables.columns import KIND_LABELS
from livingcircle.tables import TABLES
from livingcircle.tables import Column
from livingcircle.tables import Table

_SHAPES = {"point": "点", "line": "线", "polygon": "面"}
_COMMAND = "python -m livingcircle._tables.page > docs/reference/input-tables.md"
_HEAD = f"""# 输入表

每张表有哪些列、怎么填。本页由代码生成：改列在 `src/livingcircle/_tables/catalogue.py`，改完运行
`{_COMMAND}`。

- 列名可以写中文列名、标识符或别名；带 * 的必填。
- 空着表示“未核实”，不等于“否”，也不等于 0。
- 人数、户数、套数不可能时整行退回，因为它们是一切结论的权重；
  其他读不懂的格子按没有填处理，在回读表里标黄。
"""


def tables_page() -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *(_section(table) for table in TABLES.values())])


def _section(table: Table) -> str:
    shapes = "或".join(_SHAPES[shape] for shape in table.shapes)
    needed = "必须有位置" if table.placed else "可以没有位置"
    lines = [
        f"## {table.title} `{table.name}`",
        "",
        f"{table.remark}。图形：{shapes}，{needed}。",
        "",
        "| 列名 | 标识符 | 填什么 | 单位 | 选项 | 别名 | 示例 | 说明 |",
        "|---|---|---|---|---|---|---|---|",
        *(_line(column) for column in table.columns),
        "",
    ]
    return "\n".join(lines)


def _line(column: Column) -> str:
    title = f"{column.title}*" if column.required else column.title
    cells = (
        title,
        f"`{column.name}`",
        KIND_LABELS[column.kind],
        column.unit,
        "、".join(column.words),
        "、".join(column.aliases),
        column.example,
        column.remark,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(tables_page())
