"""Endpoints elsewhere: engines that hold the same data, and services that a query may call."""
