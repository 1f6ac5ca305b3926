"""What is said of one thing: its neighbourhood, and the things nearest to it."""
