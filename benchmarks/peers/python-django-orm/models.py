"""The tables as Django's models; the tables exist already."""
from django.db import models


class World(models.Model):
    id = models.IntegerField(primary_key=True)
    number = models.IntegerField()

    class Meta:
        app_label, managed, db_table = "bench", False, "world"


class Fortune(models.Model):
    id = models.IntegerField(primary_key=True)
    message = models.TextField()

    class Meta:
        app_label, managed, db_table = "bench", False, "fortune"


class Product(models.Model):
    id = models.UUIDField(primary_key=True)
    sku = models.TextField(unique=True)
    name = models.TextField()
    price_amount = models.BigIntegerField()
    price_currency = models.TextField()
    stock = models.BigIntegerField()
    category = models.TextField()
    note = models.TextField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "bench", False, "products"


class Order(models.Model):
    id = models.UUIDField(primary_key=True)
    account = models.BigIntegerField()
    status = models.TextField()
    total_amount = models.BigIntegerField()
    total_currency = models.TextField()
    placed_at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "bench", False, "orders"


class OrderLine(models.Model):
    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.BigIntegerField()
    sku = models.TextField()
    quantity = models.BigIntegerField()
    price_amount = models.BigIntegerField()
    price_currency = models.TextField()

    class Meta:
        app_label, managed, db_table, ordering = "bench", False, "order_lines", ["position"]
