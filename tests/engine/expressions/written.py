"""Strategies that write random expressions over the sample's names, each of a known type."""

from __future__ import annotations

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

_NUMBER_LITERALS = st.sampled_from(
    [
        "0",
        "1",
        "2",
        "3",
        "7",
        "10",
        "0.5",
        "2.5",
        "100",
        "0.000000000001",
        "99999999999999999999999999",
        "12.345",
        "365",
    ]
)
_TEXT_LITERALS = st.sampled_from(
    ["''", "'a'", "'A'", "' '", "'ab'", "'12.5'", "'合同'", "'%'", "'_'", "'\\\\'", '"\'"', "'É'"]
)
_DATE_LITERALS = st.sampled_from(["DATE(2026, 1, 31)", "DATE(2024, 2, 29)", "DATE(n, 2, 30)", "DATE(2026, m, n)"])
_FORMS = st.sampled_from(["0", "0.00", "#,##0.00", "000", "0.0%", "¥#,##0"])
_DATE_FORMS = st.sampled_from(["yyyy-mm-dd", "d/m/yy", "yyyy年m月d日", "hh:mm:ss", "h:m"])
_UNITS = st.sampled_from(["Y", "M", "D", "MD", "YM", "YD"])
_WEEKDAYS = st.sampled_from(["1", "2", "3", "11", "14", "17"])


def joined(pattern: str, *parts: Texts) -> Texts:
    """Return the pattern with its `{}` filled from the strategies."""
    return st.tuples(*parts).map(lambda filled: pattern.format(*filled))


def _any(depth: int) -> Texts:
    return st.one_of(numbers(depth), texts(depth), conditions(depth), dates(depth))


def _pairs(pattern: str, depth: int) -> Texts:
    """Return the pattern with two texts of one type, whichever."""
    alike = [kind(depth) for kind in (numbers, texts, dates)]
    return st.one_of(*(joined(pattern, kind, kind) for kind in alike))


def rows(depth: int) -> Texts:
    """Return an expression to compute for each line."""
    leaf = st.sampled_from(["lines.q", "lines.p", "n", "2"])
    if depth <= 0:
        return leaf
    inner = rows(depth - 1)
    return st.one_of(
        leaf,
        joined("({} * {})", inner, inner),
        joined("({} - {})", inner, inner),
        joined("({} / {})", inner, inner),
        joined("IF(lines.ok, {}, {})", inner, inner),
        joined("LEN(lines.x) + {}", inner),
        joined("IFERROR({}, {})", inner, inner),
        joined("(0 if lines.day > d else {})", inner),
    )


def numbers(depth: int) -> Texts:
    """Return expressions that give a number."""
    leaf = st.one_of(
        st.sampled_from(["n", "m", "i", "COUNT(lines)", "SUM(lines.q)", "AVERAGE(lines.p)"]), _NUMBER_LITERALS
    )
    if depth <= 0:
        return leaf
    a = numbers(depth - 1)
    return st.one_of(
        leaf,
        joined("({} + {})", a, a),
        joined("({} - {})", a, a),
        joined("({} * {})", a, a),
        joined("({} / {})", a, a),
        joined("({} % {})", a, a),
        joined("(-{})", a),
        joined("ROUND({}, {})", a, a),
        joined("ROUNDUP({}, {})", a, a),
        joined("ROUNDDOWN({}, {})", a, a),
        joined("INT({})", a),
        joined("MOD({}, {})", a, a),
        joined("ABS({})", a),
        joined("POWER({}, {})", a, st.sampled_from(["0", "1", "2", "3", "-1", "-2", "12", "n", "0.5"])),
        joined("SQRT({})", a),
        joined("CEILING({}, {})", a, a),
        joined("FLOOR({}, {})", a, a),
        *_numbers_of_others(depth),
    )


def _numbers_of_others(depth: int) -> list[Texts]:
    """Return expressions that make a number of other values."""
    a, t, d, c = numbers(depth - 1), texts(depth - 1), dates(depth - 1), conditions(depth - 1)
    return [
        joined("LEN({})", t),
        joined("FIND({}, {}, {})", t, t, a),
        joined("VALUE({})", t),
        joined("YEAR({})", d),
        joined("MONTH({})", d),
        joined("DAY({})", d),
        st.just("HOUR(ts)"),
        st.just("(NOW() - ts)"),
        joined("DATEDIF({}, {}, '{}')", d, d, _UNITS),
        joined("DAYS({}, {})", d, d),
        joined("({} - {})", d, d),
        joined("WEEKDAY({}, {})", d, _WEEKDAYS),
        joined("NETWORKDAYS({}, {})", d, d),
        joined("IF({}, {}, {})", c, a, a),
        joined("({} if {} else {})", a, c, a),
        joined("IFS({}, {}, {}, {})", c, a, c, a),
        joined("SWITCH({}, {}, {}, {}, {}, {})", a, a, a, a, a, a),
        joined("SWITCH({}, {}, {})", t, t, a),
        joined("IFERROR({}, {})", a, a),
        joined("COALESCE({}, {}, {})", a, a, a),
        joined("SUM({}, {}, lines.p)", a, a),
        joined("SUM({})", rows(2)),
        joined("AVERAGE({}, [{}, None])", a, a),
        joined("MIN({}, lines.q)", a),
        joined("MAX({}, {})", a, rows(1)),
        joined("COUNT({}, {}, tags)", a, t),
        st.sampled_from(["COUNTA(lines.x)", "COUNT(tags)", "COUNT(IF(lines.ok, lines.q))", "COUNT(user.departments)"]),
    ]


def texts(depth: int) -> Texts:
    """Return expressions that give a text."""
    leaf = st.one_of(st.sampled_from(["t", "u", "customer.level", "customer.id", "user.id"]), _TEXT_LITERALS)
    if depth <= 0:
        return leaf
    a, t, d, c = numbers(depth - 1), texts(depth - 1), dates(depth - 1), conditions(depth - 1)
    return st.one_of(
        leaf,
        joined("({} + {})", t, t),
        joined("CONCATENATE({}, {}, {}, ts)", t, a, d),
        joined("CONCAT({}, {})", c, t),
        joined("LEFT({}, {})", t, a),
        joined("RIGHT({}, {})", t, a),
        joined("MID({}, {}, {})", t, a, a),
        joined("TRIM({})", t),
        joined("UPPER({})", t),
        joined("LOWER({})", t),
        joined("SUBSTITUTE({}, {}, {})", t, t, t),
        joined("TEXT({}, '{}')", a, _FORMS),
        joined("TEXT({}, '{}')", d, _DATE_FORMS),
        joined("TEXT(ts, '{}')", _DATE_FORMS),
        joined("IF({}, {}, {})", c, t, t),
        joined("IF({}, {})", c, t),
        joined("SWITCH({}, {}, {}, {})", a, a, t, t),
        joined("IFERROR({}, {})", t, t),
        joined("COALESCE({}, {})", t, t),
    )


def dates(depth: int) -> Texts:
    """Return expressions that give a date."""
    leaf = st.one_of(st.sampled_from(["d", "e", "TODAY()", "MAX(lines.day)"]), _DATE_LITERALS)
    if depth <= 0:
        return leaf
    a, d, c = numbers(depth - 1), dates(depth - 1), conditions(depth - 1)
    return st.one_of(
        leaf,
        joined("({} + {})", d, a),
        joined("({} - {})", d, a),
        joined("DATE({}, {}, {})", a, a, a),
        joined("EDATE({}, {})", d, a),
        joined("EOMONTH({}, {})", d, a),
        joined("WORKDAY({}, {})", d, a),
        joined("IF({}, {}, {})", c, d, d),
        joined("IFERROR({}, {})", d, d),
        joined("COALESCE({}, {})", d, d),
        joined("MIN({}, {})", d, d),
    )


def conditions(depth: int) -> Texts:
    """Return expressions that give a truth value."""
    leaf = st.sampled_from(
        [
            "b",
            "True",
            "False",
            "customer == user",
            "customer.id == user.id",
            "customer == None",
            "user.department in user.departments",
            "'crm.sales' in user.roles",
            "t in tags",
            "'a' in lines.x",
            "n in lines.q",
            "ISBLANK(tags)",
            "ISBLANK(lines)",
            "ts >= TODAY()",
            "ts == NOW()",
            "d < ts",
            "ts >= '2026-11-01T01:30'",
            "t == None",
            "d == '2026-11-21'",
            "i == 7",
        ]
    )
    if depth <= 0:
        return leaf
    a, t, c = numbers(depth - 1), texts(depth - 1), conditions(depth - 1)
    comparisons = [_pairs("({} " + operator + " {})", depth - 1) for operator in ("==", "!=", "<", "<=", ">", ">=")]
    return st.one_of(
        leaf,
        *comparisons,
        joined("({} < {} <= {})", a, a, a),
        joined("({} and {})", c, c),
        joined("({} or {})", c, c),
        joined("(not {})", c),
        joined("AND({}, {}, {})", c, c, c),
        joined("OR({}, {})", c, c),
        joined("NOT({})", c),
        joined("(({}) == ({}))", c, c),
        joined("({} in [{}, {}, None])", a, a, a),
        joined("({} not in ({}, {}))", t, t, t),
        joined("({} in {})", t, t),
        *_tests(depth),
    )


def _tests(depth: int) -> list[Texts]:
    """Return functions that give a truth value."""
    a, t, c = numbers(depth - 1), texts(depth - 1), conditions(depth - 1)
    return [
        joined("({} == None)", _any(depth - 1)),
        joined("ISBLANK({})", _any(depth - 1)),
        joined("CONTAINS({}, {})", t, t),
        joined("STARTSWITH({}, {})", t, t),
        joined("ENDSWITH({}, {})", t, t),
        joined("IF({}, {}, {})", c, c, c),
        joined("IFERROR({}, {})", c, c),
        joined("COALESCE({}, {})", c, c),
        joined("SWITCH({}, {}, {})", a, a, c),
    ]


def expressions(depth: int) -> Texts:
    """Return expressions of any type."""
    return _any(depth)
