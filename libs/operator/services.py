"""The services by name, in the order in which an application passes through them."""

SERVICES = ("intake", "review", "allocator", "metering", "billing")
