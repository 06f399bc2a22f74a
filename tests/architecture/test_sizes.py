"""Sizes have a stop: at it a module is split by concept. Limits work only from the first day."""

from __future__ import annotations

import ast

from tests.architecture.sources import PACKAGES, classes, functions, lines, name, page_files, python_files

_MODULE_LINES = 400
_TEST_LINES = 600
_FUNCTION_LINES = 50
_COMPONENT_LINES = 250
_CONTRACT_MEMBERS = 12
_CONTRACTS = ("FieldType", "NodeType", "TriggerType", "ChartType")


def test_modules_end_at_400_lines() -> None:
    long = {name(path): lines(path) for path in python_files(*PACKAGES, "tools") if lines(path) > _MODULE_LINES}
    assert not long


def test_test_modules_end_at_600_lines() -> None:
    long = {name(path): lines(path) for path in python_files("tests") if lines(path) > _TEST_LINES}
    assert not long


def test_components_of_the_page_end_at_250_lines() -> None:
    long = {name(path): lines(path) for path in page_files(".tsx") if lines(path) > _COMPONENT_LINES}
    assert not long


def test_modules_of_the_page_end_at_400_lines() -> None:
    long = {name(path): lines(path) for path in page_files(".ts") if lines(path) > _MODULE_LINES}
    assert not long


def test_functions_end_at_50_lines() -> None:
    long = {
        f"{name(path)}:{function.name}": size
        for path in python_files(*PACKAGES, "tools", "tests")
        for function in functions(path)
        if "versions" not in path.parts  # tables as a migration states them, once and for all
        and (size := (function.end_lineno or 0) - function.lineno + 1) > _FUNCTION_LINES
    }
    assert not long


def test_contracts_of_kinds_have_at_most_12_members() -> None:
    found = {
        contract.name: sum(isinstance(member, ast.AnnAssign | ast.FunctionDef) for member in contract.body)
        for path in python_files(*PACKAGES)
        for contract in classes(path)
        if contract.name in _CONTRACTS
    }
    assert set(found) >= {"FieldType", "NodeType", "TriggerType"}
    assert {contract: members for contract, members in found.items() if members > _CONTRACT_MEMBERS} == {}
