"""The processes of the running server, from the one that holds the port to the one that answers."""
