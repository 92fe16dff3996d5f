"""Say in Chinese what a drawing desk did."""

from django import template

register = template.Library()
OPERATIONS = {
    "import": "从现行圈层开始", "propose": "按路网和人口生成", "merge": "合并", "split": "拆分",
    "move": "移动社区", "draw": "画边界",
}  # fmt: skip


@register.filter
def operation(word: str) -> str:
    """Return an operation of the desk in words."""
    return OPERATIONS.get(word, word)
