"""The processes of the service: the master, which holds the port, and the servers, which answer."""
