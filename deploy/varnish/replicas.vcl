# Written by deploy/switch. Until then: the servers of the first start, which are all to hold the same data.
backend one {
    .host = "127.0.0.1"; # CHANGE
    .port = "8001"; # CHANGE
    .probe = ready;
    .connect_timeout = 1s;
}
backend two {
    .host = "127.0.0.1"; # CHANGE
    .port = "8002"; # CHANGE
    .probe = ready;
    .connect_timeout = 1s;
}
sub vcl_init {
    new replicas = directors.round_robin();
    replicas.add_backend(one);
    replicas.add_backend(two);
}
sub data {
    hash_data("first");
}
