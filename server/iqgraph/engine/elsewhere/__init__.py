"""Endpoints of others: engines that hold the same data, and services that a query may call."""
