"""Products, as the catalog's REST interface gives them."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Value(BaseModel):
    """A value whose JSON has names in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Money(Value):
    """An amount of money in the currency's minor unit: 1999 EUR are 19.99 €."""

    amount: int
    currency: str


class Product(Value):
    """A product of the shop."""

    sku: str
    name: str
    description: str
    category: str
    price: Money
    stock: int
    image_url: str


class RecommendedProducts(Value):
    """The products that are bought together with one, best first."""

    items: list[Product]
