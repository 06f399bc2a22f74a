"""The reference of the functions as Markdown, made from `FUNCTIONS`; `docs/reference/expressions*.md` hold its text."""

from __future__ import annotations

from engine.expressions.functions import FUNCTIONS, Function, Group
from engine.texts import Language

_GROUPS: dict[Group, dict[Language, str]] = {
    "logic": {"zh-CN": "逻辑", "en-US": "Logic"},
    "math": {"zh-CN": "数学", "en-US": "Math"},
    "lists": {"zh-CN": "列表", "en-US": "Lists"},
    "text": {"zh-CN": "文本", "en-US": "Text"},
    "dates": {"zh-CN": "日期", "en-US": "Dates"},
}
_HEAD: dict[Language, str] = {
    "zh-CN": """# 表达式

公式、规则、条件、筛选、行权限、流程取值和报表度量都用同一种表达式：Python 的写法，电子表格的函数。

* 值：数（精确的十进制）、文本（`'…'`）、真假（`True` `False`）、日期、时刻、记录、列表；`None` 为空。
* 名称和路径：`total`、`customer.level`、`lines.amount`（列表）、`old.status`、`user.department`。
* 运算：`+ - * / %`，比较 `== != < <= > >=`，`in`、`not in`，`and or not`，`甲 if 条件 else 乙`，列表 `[1, 2]`。
* 数：整数最多 26 位，小数最多 12 位；每一步精确计算，再四舍五入到 12 位小数。
* 空：空参与加减乘除，结果为空；`== None` 判断为空；空与任何值比大小都不成立；空条件不成立；空文本当作 `''`；空不在任何列表中。
* 文本用 `+` 连接；日期可以加减天数，两个日期相减得天数；ISO 写法的文本可与日期比较：`order_date >= '2026-01-01'`。
* 两条记录相等就是编号相等：`owner == user`。
* 汇总可以逐行计算：`SUM(lines.quantity * lines.price)`。
* 除以零、数太大、文本超过 32,767 个字符等会出错，`IFERROR` 可以接住；用于筛选时，出错的行按空（条件按不成立）处理。
* 限制：最多 4,000 个字符、32 层嵌套、600 个部分；没有属性、方法、下标、赋值、`**`。
* 函数名不分大小写，另有说明的除外，结果与 Excel 相同。
""",
    "en-US": """# Expressions

Formulas, rules, conditions, filters, row rights, flow values and report measures share one language: Python's syntax with a
spreadsheet's functions.

* Values: number (exact decimal), text (`'…'`), truth (`True` `False`), date, datetime, record, list; `None` is empty.
* Names and paths: `total`, `customer.level`, `lines.amount` (a list), `old.status`, `user.department`.
* Operators: `+ - * / %`, comparisons `== != < <= > >=`, `in`, `not in`, `and or not`, `a if condition else b`, lists `[1, 2]`.
* Numbers have at most 26 digits before the point and 12 after it; each step is exact, then rounded to 12 places, halves
  away from zero.
* Empty: arithmetic with it is empty; `== None` tests it; it is neither less nor greater than anything; as a condition it is
  false; as a text it reads `''`; it is in no list.
* `+` joins texts; days are added to and taken from dates; the difference of two dates is in days; a text in ISO form
  compares with a date: `order_date >= '2026-01-01'`.
* Two records are equal when their ids are: `owner == user`.
* Lists are computed row by row: `SUM(lines.quantity * lines.price)`.
* Division by zero, a number too large, a text over 32,767 characters and the like are errors, which `IFERROR` catches; in a
  filter such a row counts as empty, a condition as false.
* Limits: 4,000 characters, 32 levels, 600 parts; no attributes, methods, subscripts, assignment or `**`.
* Functions may be written in any case and give what Excel gives, unless their text says otherwise.
""",
}
_EXAMPLES: dict[Language, str] = {"zh-CN": "例", "en-US": "Examples"}


def reference_markdown(language: Language) -> str:
    """Return the whole reference in `language`."""
    parts = [_HEAD[language]]
    for group, titles in _GROUPS.items():
        parts.append(f"## {titles[language]}\n")
        parts.extend(_entry(function, language) for function in FUNCTIONS.values() if function.group == group)
    return "\n".join(parts)


def _entry(function: Function, language: Language) -> str:
    lines = [
        f"### {function.name}",
        "",
        f"`{function.signature}` · {function.title[language]}",
        "",
        function.doc[language],
    ]
    if function.examples:
        shown = "; ".join(f"`{text}` → `{result}`" for text, result in function.examples)
        lines += ["", f"{_EXAMPLES[language]}: {shown}"]
    return "\n".join(lines) + "\n"
