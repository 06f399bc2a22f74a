"""Functions of texts. An empty text reads as "" (as a blank cell does in Excel); counts are cut to whole numbers.

Lengths and positions count Unicode characters (Excel: UTF-16 units). A result is at most 32,767 characters, Excel's cell.
"""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import formats, operations, strings
from engine.expressions.errors import ExpressionError
from engine.expressions.functions.function import ANY_SCALAR, Function, Parameter, Rules, both
from engine.expressions.operations import text_length
from engine.expressions.tree import Constant, Node, Operation
from engine.expressions.types import BOOLEAN, NUMBER, TEXT, Kind

_TEXT = Parameter(name="text", kinds=(Kind.TEXT,))
_COUNT = Parameter(name="count", kinds=(Kind.NUMBER,), default="1")
_PARTS = Parameter(name="parts", kinds=(Kind.TEXT,), repeated=True)
_PART = Parameter(name="part", kinds=(Kind.TEXT,))


def _format(_rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    value, form = arguments
    if not isinstance(form, Constant) or not isinstance(form.value, str):
        raise ExpressionError("expression_constant_wanted", position=form.position, function="TEXT", parameter="format")
    return formats.formatted(value, form.value, position)


FUNCTIONS = (
    Function(
        name="CONCATENATE",
        group="text",
        parameters=(_PARTS,),
        result=TEXT,
        operation=operations.CONCATENATE,
        title=both("连接", "Join"),
        doc=both(
            "把值依次连成文本；数、日期和真假值先变为文本，空值不占位置。",
            "Joins values into one text; numbers, dates and truth values become text, empty ones nothing.",
        ),
        examples=(("CONCATENATE('SO', 12, '-', None, 1.50)", "'SO12-1.5'"),),
    ),
    Function(
        name="CONCAT",
        group="text",
        parameters=(_PARTS,),
        result=TEXT,
        operation=operations.CONCATENATE,
        title=both("连接", "Join"),
        doc=both(
            "与 CONCATENATE 相同。",
            "The same as CONCATENATE.",
        ),
        examples=(("CONCAT('a', True)", "'aTRUE'"), ("CONCAT('订单', '一')", "'订单一'")),
    ),
    Function(
        name="LEFT",
        group="text",
        parameters=(_TEXT, _COUNT),
        result=TEXT,
        operation=Operation(name="LEFT", python=strings.left, sql=strings.left_sql),
        title=both("左边", "Left"),
        doc=both(
            "开头的若干个字符。",
            "So many characters from the start.",
        ),
        examples=(("LEFT('Sale Price', 4)", "'Sale'"), ("LEFT('销售')", "'销'"), ("LEFT('ab', 9)", "'ab'")),
    ),
    Function(
        name="RIGHT",
        group="text",
        parameters=(_TEXT, _COUNT),
        result=TEXT,
        operation=Operation(name="RIGHT", python=strings.right, sql=strings.right_sql),
        title=both("右边", "Right"),
        doc=both(
            "结尾的若干个字符。",
            "So many characters from the end.",
        ),
        examples=(("RIGHT('Sale Price', 5)", "'Price'"), ("RIGHT('ab', 0)", "''")),
    ),
    Function(
        name="MID",
        group="text",
        parameters=(
            _TEXT,
            Parameter(name="start", kinds=(Kind.NUMBER,)),
            Parameter(name="count", kinds=(Kind.NUMBER,)),
        ),
        result=TEXT,
        operation=Operation(name="MID", python=strings.mid, sql=strings.mid_sql),
        title=both("中间", "Middle"),
        doc=both(
            "从第几个字符起的若干个字符；位置从 1 起。",
            "So many characters from a position; the first is 1.",
        ),
        examples=(
            ("MID('Fluid Flow', 1, 5)", "'Fluid'"),
            ("MID('Fluid Flow', 7, 20)", "'Flow'"),
            ("MID('Fluid Flow', 20, 5)", "''"),
        ),
    ),
    Function(
        name="LEN",
        group="text",
        parameters=(_TEXT,),
        result=NUMBER,
        operation=Operation(
            name="LEN",
            python=lambda text: Decimal(len(text)),
            sql=lambda text: sa.cast(text_length(text), sa.Numeric()),
        ),
        title=both("长度", "Length"),
        doc=both(
            "文本的字符数；空为 0。",
            "How many characters a text has; 0 for empty.",
        ),
        examples=(("LEN('Phoenix, AZ')", "11"), ("LEN('合同')", "2"), ("LEN(None)", "0")),
    ),
    Function(
        name="TRIM",
        group="text",
        parameters=(_TEXT,),
        result=TEXT,
        operation=Operation(name="TRIM", python=strings.trim, sql=strings.trim_sql),
        title=both("去空格", "Trim"),
        doc=both(
            "去掉两端的空格，中间的连续空格只留一个。",
            "Removes spaces at both ends and leaves single ones within.",
        ),
        examples=(("TRIM('  First   Quarter ')", "'First Quarter'"),),
    ),
    Function(
        name="UPPER",
        group="text",
        parameters=(_TEXT,),
        result=TEXT,
        operation=strings.letter_case("UPPER", strings.SMALL, strings.CAPITAL),
        title=both("大写", "Capitals"),
        doc=both(
            "字母变为大写。",
            "Letters as capitals.",
        ),
        examples=(("UPPER('total α')", "'TOTAL Α'"),),
    ),
    Function(
        name="LOWER",
        group="text",
        parameters=(_TEXT,),
        result=TEXT,
        operation=strings.letter_case("LOWER", strings.CAPITAL, strings.SMALL),
        title=both("小写", "Small letters"),
        doc=both(
            "字母变为小写。",
            "Letters as small letters.",
        ),
        examples=(("LOWER('E. E. Cummings')", "'e. e. cummings'"),),
    ),
    Function(
        name="SUBSTITUTE",
        group="text",
        parameters=(_TEXT, Parameter(name="old", kinds=(Kind.TEXT,)), Parameter(name="new", kinds=(Kind.TEXT,))),
        result=TEXT,
        operation=Operation(name="SUBSTITUTE", python=strings.substitute, sql=strings.substitute_sql),
        title=both("替换", "Substitute"),
        doc=both(
            "把文本中每一处旧的换成新的；区分大小写。",
            "Replaces every old part by the new one; case matters.",
        ),
        examples=(
            ("SUBSTITUTE('Sales Data', 'Sales', 'Cost')", "'Cost Data'"),
            ("SUBSTITUTE('aaa', '', 'b')", "'aaa'"),
        ),
    ),
    Function(
        name="FIND",
        group="text",
        parameters=(_PART, _TEXT, Parameter(name="start", kinds=(Kind.NUMBER,), default="1")),
        result=NUMBER,
        operation=Operation(name="FIND", python=strings.find, sql=strings.find_sql),
        title=both("查找", "Find"),
        doc=both(
            "一段文字首次出现的位置，从 1 起；区分大小写；找不到时出错。",
            "Where a part first stands, from 1; case matters; not found is an error.",
        ),
        examples=(
            ("FIND('M', 'Miriam McGovern')", "1"),
            ("FIND('M', 'Miriam McGovern', 3)", "8"),
            ("IFERROR(FIND('x', 'abc'), 0)", "0"),
        ),
    ),
    Function(
        name="TEXT",
        group="text",
        parameters=(Parameter(name="value", kinds=ANY_SCALAR), Parameter(name="format", kinds=(Kind.TEXT,))),
        result=TEXT,
        build=_format,
        title=both("格式", "Format"),
        doc=both(
            "按格式写成文本：数用 `0`、`#,##0.00`、`0.0%`，日期和时间用 `yyyy-mm-dd hh:mm:ss`；格式必须直接写出。",
            "Writes a value in a form: `0`, `#,##0.00`, `0.0%` for numbers, `yyyy-mm-dd hh:mm:ss` for dates and times; the form must be written out.",
        ),
        examples=(
            ("TEXT(1234.567, '#,##0.00')", "'1,234.57'"),
            ("TEXT(0.285, '0.0%')", "'28.5%'"),
            ("TEXT('2026-03-09', 'yyyy年m月d日')", "'2026-03-09'"),
            ("TEXT(DATE(2026, 3, 9), 'yyyy年m月d日')", "'2026年3月9日'"),
            ("TEXT(7, '000')", "'007'"),
        ),
    ),
    Function(
        name="VALUE",
        group="text",
        parameters=(_TEXT,),
        result=NUMBER,
        operation=Operation(name="VALUE", python=strings.value, sql=strings.value_sql),
        title=both("转为数", "To number"),
        doc=both(
            "把写成文本的数变为数，可以有千分位和百分号；不是数时出错。",
            "The number that a text spells, with thousands separators and a percent sign if any; else an error.",
        ),
        examples=(("VALUE('1,000')", "1000"), ("VALUE(' 12.50 ')", "12.5"), ("VALUE('5%')", "0.05")),
    ),
    Function(
        name="CONTAINS",
        group="text",
        parameters=(_TEXT, _PART),
        result=BOOLEAN,
        operation=operations.CONTAINS,
        title=both("包含", "Contains"),
        doc=both(
            "文本中有没有这一段；区分大小写。",
            "Whether a text contains a part; case matters.",
        ),
        examples=(("CONTAINS('苏州分公司', '苏州')", "True"), ("CONTAINS('abc', 'B')", "False")),
    ),
    Function(
        name="STARTSWITH",
        group="text",
        parameters=(_TEXT, _PART),
        result=BOOLEAN,
        operation=Operation(name="STARTSWITH", python=strings.starts, sql=strings.starts_sql),
        title=both("开头是", "Starts with"),
        doc=both(
            "文本是否以这一段开头；区分大小写。",
            "Whether a text begins with a part; case matters.",
        ),
        examples=(("STARTSWITH('SO202611', 'SO')", "True"), ("STARTSWITH('SO', 'SO2')", "False")),
    ),
    Function(
        name="ENDSWITH",
        group="text",
        parameters=(_TEXT, _PART),
        result=BOOLEAN,
        operation=Operation(name="ENDSWITH", python=strings.ends, sql=strings.ends_sql),
        title=both("结尾是", "Ends with"),
        doc=both(
            "文本是否以这一段结尾；区分大小写。",
            "Whether a text ends with a part; case matters.",
        ),
        examples=(("ENDSWITH('a.pdf', '.pdf')", "True"), ("ENDSWITH('df', 'pdf')", "False")),
    ),
)
