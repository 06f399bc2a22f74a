"""An amount of money with two places; a string in JSON, a string or a number on input.

    {"title": "单价", "minimum": 0, "x-field": {"type": "money", "currency": "CNY"}}
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.expressions import NUMBER
from form_engine.exact import BOUNDS, decimal_schema, read_decimal, rounded_to, show_decimal
from form_engine.field_type import Example, Examples, FieldType, Options, Schema, options_schema

DEFAULT_CURRENCY = "CNY"
_DIGITS = 18
_SCALE = 2
#: ISO 4217, the currencies of countries in circulation.
CURRENCIES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU "
    "UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
).split()


def _schema(options: Options) -> Schema:
    return decimal_schema(precision=_DIGITS, scale=_SCALE, options=options)


def _store(value: Any, options: Options) -> Decimal:
    return read_decimal(value, precision=_DIGITS, scale=_SCALE, options=options)


FIELD_TYPE = FieldType(
    name="money",
    title={"zh-CN": "金额", "en-US": "Money"},
    options=options_schema(
        {
            "currency": {"enum": CURRENCIES, "default": DEFAULT_CURRENCY, "description": "ISO 4217 code."},
            **BOUNDS,
        }
    ),
    schema=_schema,
    column=lambda _options: sa.Numeric(_DIGITS, _SCALE),
    type=lambda _options, _resolve: NUMBER,
    store=_store,
    fit=lambda value, _options: rounded_to(value, precision=_DIGITS, scale=_SCALE),
    show=lambda value, _options: show_decimal(value, scale=_SCALE),
    operators=("==", "!=", "<", "<=", ">", ">=", "in", "is_empty"),
    examples=Examples(
        accepted=(
            Example(value="1234.5", shown="1234.50"),
            Example(value=100, shown="100.00"),
            Example(value="-0.01", options={"currency": "USD"}),
            Example(value="9999999999999999.99"),
        ),
        refused=(
            Example(value="12.345"),
            Example(value="¥12"),
            Example(value="10000000000000000"),
            Example(value=10**16),
            Example(value="-1", options={"minimum": 0}),
        ),
    ),
)
