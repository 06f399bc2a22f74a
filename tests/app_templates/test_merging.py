"""Three-way merges: their laws, over made-up documents, and the cases that an upgrade meets."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app_templates.changing.differences import differences
from app_templates.changing.elements import MISSING
from app_templates.changing.merging import Merge
from app_templates.changing.places import told, words
from engine.texts import LocalizedText

KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text("xyz", max_size=2))


def keyed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    elements = st.dictionaries(st.sampled_from(["title", "x", "y"]), inner, max_size=3)
    return st.lists(st.tuples(KEYS, elements), max_size=4, unique_by=lambda pair: pair[0]).map(
        lambda pairs: [{"key": key, **body} for key, body in pairs]
    )


WORDS = st.lists(KEYS, max_size=4, unique=True)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(SCALARS, WORDS),
    lambda inner: st.one_of(st.dictionaries(KEYS, inner, max_size=4), keyed(inner)),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def merged(base: Any, ours: Any, theirs: Any) -> tuple[Any, list[str]]:
    merge = Merge()
    value = merge.merged(base, ours, theirs)
    return value, ["/".join(conflict.path) for conflict in merge.conflicts]


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=200, deadline=None)
def test_who_changed_nothing_has_no_say(base: Any, other: Any) -> None:
    assert text(merged(base, other, base)) == text((other, []))
    assert text(merged(base, base, other)) == text((other, []))


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=100, deadline=None)
def test_the_same_change_twice_is_one_change(base: Any, other: Any) -> None:
    assert text(merged(base, other, other)) == text((other, []))


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
@settings(max_examples=200, deadline=None)
def test_a_conflict_is_told_or_the_sides_commute(base: Any, one: Any, other: Any) -> None:
    there, told = merged(base, one, other)
    back, told_back = merged(base, other, one)
    assert sorted(told) == sorted(told_back)
    if not told:
        assert same_parts(there) == same_parts(back)


def same_parts(value: Any) -> Any:
    """Return a value in which only the order of what both sides moved differently is left out."""
    if isinstance(value, dict):
        return {key: same_parts(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((same_parts(item) for item in value), key=text)
    return value


def change(document: dict[str, Any], part: str, what: Any) -> dict[str, Any]:
    result = deepcopy(document)
    result[part] = what
    return result


@given(DOCUMENTS, VALUES, VALUES)
@settings(max_examples=200, deadline=None)
def test_edits_of_different_parts_commute_to_the_letter(base: dict[str, Any], one: Any, other: Any) -> None:
    base = {**base, "a": base.get("a"), "b": base.get("b")}
    ours, theirs = change(base, "a", one), change(base, "b", other)
    assert text(merged(base, ours, theirs)) == text(merged(base, theirs, ours))
    assert text(merged(base, ours, theirs)[0]) == text(change(ours, "b", other))


@given(st.lists(KEYS, max_size=5, unique=True), st.data())
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_and_the_order_is_somebodys(base: list[str], data: st.DataObject) -> None:
    """Each side removes some and adds its own; what stays keeps the base's order, what is new stands behind its neighbour."""
    sides = []
    for name in ("ours", "theirs"):
        kept = [key for key in base if data.draw(st.booleans())]
        for number in range(data.draw(st.integers(0, 3))):
            kept.insert(data.draw(st.integers(0, len(kept))), f"{name}{number}")
        sides.append(kept)
    ours, theirs = sides
    found, told = merged({"list": base}, {"list": ours}, {"list": theirs})

    assert told == []
    wanted = {key for key in base if key in ours and key in theirs}
    wanted |= {key for key in (*ours, *theirs) if key not in base}
    assert set(found["list"]) == wanted
    assert len(found["list"]) == len(wanted)
    assert [key for key in found["list"] if key in base] == [key for key in base if key in found["list"]]
    for side in sides:
        assert [key for key in found["list"] if key in side] == [key for key in side if key in found["list"]]


def option(value: str, title: str) -> dict[str, str]:
    return {"value": value, "title": title}


def test_a_customised_list_keeps_what_both_sides_added() -> None:
    base = {"options": [option("a", "甲"), option("b", "乙")], "columns": ["x", "y"]}
    ours = {"options": [option("a", "甲"), option("mine", "我"), option("b", "乙")], "columns": ["y", "x"]}
    theirs = {"options": [option("a", "甲!"), option("b", "乙"), option("new", "新")], "columns": ["x", "y", "z"]}

    found, told = merged(base, ours, theirs)

    assert told == []
    assert found == {
        "options": [option("a", "甲!"), option("mine", "我"), option("b", "乙"), option("new", "新")],
        "columns": ["y", "z", "x"],
    }


def test_conflicts_carry_place_and_three_values_and_are_decided_one_by_one() -> None:
    base = {"title": "订单", "rules": [{"key": "r", "when": "a > 1"}, {"key": "s", "when": "b"}]}
    ours = {"title": "我的订单", "rules": [{"key": "r", "when": "a > 2"}]}
    theirs = {"title": "新订单", "rules": [{"key": "r", "when": "a > 3"}, {"key": "s", "when": "c"}]}

    merge = Merge(choices={("rules", "r", "when"): "theirs"})
    found = merge.merged(base, ours, theirs)

    assert [(one.path, one.base, one.ours, one.theirs, one.choice) for one in merge.conflicts] == [
        (("title",), "订单", "我的订单", "新订单", None),
        (("rules", "r", "when"), "a > 1", "a > 2", "a > 3", "theirs"),
        (("rules", "s"), {"key": "s", "when": "b"}, MISSING, {"key": "s", "when": "c"}, None),
    ]
    assert found == {"title": "我的订单", "rules": [{"key": "r", "when": "a > 3"}]}


def test_a_whole_list_without_names_is_one_value() -> None:
    found, told = merged({"enum": [1, 2]}, {"enum": [1, 2, 3]}, {"enum": [2]})
    assert (found, told) == ({"enum": [1, 2, 3]}, ["enum"])


def test_differences_lead_through_names_and_say_it_in_words() -> None:
    before = {
        "properties": {"note": {"title": "备注"}, "price": {"title": "单价", "minimum": 0}},
        "x-form": {"views": [{"key": "all", "title": "全部", "columns": ["a", "b"]}]},
    }
    after = {
        "properties": {"price": {"title": "单价", "minimum": 1}, "level": {"title": "级别"}},
        "x-form": {"views": [{"key": "all", "title": "全部", "columns": ["b", "a"]}]},
    }
    found = list(differences(before, after))
    assert [(one.pointer, told(one.place, "zh-CN"), one.change, one.before, one.after) for one in found] == [
        ("/properties/note", "备注", "removed", {"title": "备注"}, MISSING),
        ("/properties/price/minimum", "单价 › 最小值", "changed", 0, 1),
        ("/properties/level", "级别", "added", MISSING, {"title": "级别"}),
        ("/x-form/views/all/columns", "视图 › 全部 › 列", "moved", ["a", "b"], ["b", "a"]),
    ]


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=100, deadline=None)
def test_differences_are_none_exactly_where_nothing_differs(before: Any, after: Any) -> None:
    assert (list(differences(before, after)) == []) == (text(before) == text(after))


def test_places_are_told_in_the_readers_language() -> None:
    body = {
        "title": "订单",
        "properties": {
            "title": {"x-field": {"type": "text"}},
            "level": {"title": "级别", "x-field": {"options": [{"value": "B", "title": "乙"}]}},
        },
        "x-form": {"actions": [{"key": "ship", "title": "发货", "set": {"minimum": "1"}, "values": {"title": "x"}}]},
    }

    def text(path: str, source: str) -> LocalizedText:
        return {"zh-CN": "级别", "en-US": "Level"} if path == "properties/level/title" else source

    def said(*path: str) -> list[str]:
        place = words([MISSING, body], path, text)
        return [told(place, language) for language in ("zh-CN", "en-US")]

    assert said("properties", "level", "x-field", "options", "B", "title") == [
        "级别 › 选项 › 乙 › 标题",
        "Level › Options › 乙 › Title",
    ]
    # A name that somebody gave is no member, though it may read like one.
    assert said("properties", "title", "maxLength") == ["title › 最大长度", "title › Longest length"]
    assert said("x-form", "actions", "0", "set", "minimum") == [
        "按钮 › 发货 › 写入 › minimum",
        "Buttons › 发货 › Sets › minimum",
    ]
    assert said("x-form", "actions", "ship", "values", "title") == [
        "按钮 › 发货 › 值 › title",
        "Buttons › 发货 › Values › title",
    ]
    assert said("x-form", "nothing") == ["nothing", "nothing"]
