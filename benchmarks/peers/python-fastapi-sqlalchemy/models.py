"""The tables as SQLAlchemy's models."""
import datetime
import uuid

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map = {datetime.datetime: DateTime(timezone=True)}


class World(Base):
    __tablename__ = "world"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class Fortune(Base):
    __tablename__ = "fortune"
    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str]


class Product(Base):
    __tablename__ = "products"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    price_amount: Mapped[int]
    price_currency: Mapped[str]
    stock: Mapped[int]
    category: Mapped[str]
    note: Mapped[str | None]
    created_at: Mapped[datetime.datetime]


class OrderLine(Base):
    __tablename__ = "order_lines"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    sku: Mapped[str]
    quantity: Mapped[int]
    price_amount: Mapped[int]
    price_currency: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account: Mapped[int]
    status: Mapped[str]
    total_amount: Mapped[int]
    total_currency: Mapped[str]
    placed_at: Mapped[datetime.datetime]
    lines: Mapped[list[OrderLine]] = relationship(order_by=OrderLine.position)
