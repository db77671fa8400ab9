"""The order and its rules in pydantic, for every peer in Python."""
from typing import Annotated

from pydantic import BaseModel, Field


class Line(BaseModel):
    sku: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1, le=1000)]
    unitPrice: Annotated[float, Field(ge=0)]


class Order(BaseModel):
    customer: Annotated[str, Field(min_length=1, max_length=200)]
    # The same rule as the others', and quicker than pydantic's EmailStr.
    email: Annotated[str, Field(pattern=r"^[\x21-\x3f\x41-\x7e]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$")]
    note: str | None = None
    lines: Annotated[list[Line], Field(min_length=1, max_length=100)]
