"""What goes in and out, as pydantic models: input is checked as strictly as the platform's form does."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=3)]
Status = Literal["draft", "submitted", "approved", "closed"]


class Input(BaseModel):
    """Input holds what is known and nothing else."""

    model_config = ConfigDict(extra="forbid")


class NewLine(Input):
    """A line of a new order."""

    product: UUID
    quantity: Quantity
    price: Money
    is_reserved: bool | None = None


class NewOrder(Input):
    """A new order."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    customer: UUID
    payer: UUID | None = None
    product: UUID | None = None
    substitute: UUID | None = None
    warehouse: UUID | None = None
    order_date: date
    delivery_date: date | None = None
    status: Status = "draft"
    note: Annotated[str, Field(max_length=200)] | None = None
    lines: Annotated[list[NewLine], Field(max_length=100)] = []

    @model_validator(mode="after")
    def _dates(self) -> NewOrder:
        if self.delivery_date is not None and self.delivery_date < self.order_date:
            raise ValueError("delivery before order")
        return self


class ImportedOrder(Input):
    """A row of a sheet of new orders; the customer by name."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    customer: Annotated[str, Field(min_length=1)]
    order_date: date
    delivery_date: date | None = None
    status: Status = "draft"
    note: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _dates(self) -> ImportedOrder:
        if self.delivery_date is not None and self.delivery_date < self.order_date:
            raise ValueError("delivery before order")
        return self


class OrderChange(Input):
    """What may be changed of an order; only what is sent is changed."""

    order_date: date | None = None
    delivery_date: date | None = None
    note: Annotated[str, Field(max_length=200)] | None = None


class Output(BaseModel):
    """Output is read from the mapped objects."""

    model_config = ConfigDict(from_attributes=True)


class Named(Output):
    """Something that is pointed at."""

    id: UUID
    name: str


class LineOut(Output):
    """A line."""

    id: UUID
    product: Named
    quantity: Decimal
    price: Decimal
    amount: Decimal
    is_reserved: bool | None


class OrderOut(Output):
    """An order, whole."""

    id: UUID
    version: int
    created_at: datetime
    created_by: UUID
    updated_at: datetime
    updated_by: UUID
    number: str
    customer: Named | None
    payer: Named | None
    product: Named | None
    substitute: Named | None
    warehouse: Named | None
    order_date: date | None
    delivery_date: date | None
    status: str
    note: str | None
    total: Decimal | None
    lines: list[LineOut]


class Listed(Output):
    """An order in the list."""

    id: UUID
    version: int
    number: str
    order_date: date | None
    status: str
    total: Decimal | None


class OrderPage(Output):
    """A page of the list."""

    items: list[Listed]
    count: int | None


class Related(Output):
    """An order in the list with what it points at."""

    id: UUID
    version: int
    number: str
    customer: Named | None
    payer: Named | None
    product: Named | None
    substitute: Named | None
    warehouse: Named | None


class MonthSum(Output):
    """One line of the report."""

    status: str
    month: date
    total: Decimal | None
    count: int
