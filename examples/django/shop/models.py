"""A small shop, as Django models."""

from django.db import models
from django.db.models.functions import Lower


class Customer(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    joined_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        indexes = [models.Index(Lower("name"), name="customer_name_lower")]


class Order(models.Model):
    class Status(models.TextChoices):
        OPEN = "open"
        SHIPPED = "shipped"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=10, choices=Status.choices, db_default=Status.OPEN)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    lines = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(total__gte=0), name="order_total_not_negative"),
        ]
