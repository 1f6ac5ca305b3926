# Written by deploy/switch. Until then: the servers of the first start, which are all to hold the same data.
backend one {
    .host = "127.0.0.1"; # CHANGE
    .port = "8001"; # CHANGE
    .probe = ready;
    .connect_timeout = 1s;
}
backend one_unasked {
    .host = "127.0.0.1"; # CHANGE
    .port = "8001"; # CHANGE
    .connect_timeout = 1s;
}
backend two {
    .host = "127.0.0.1"; # CHANGE
    .port = "8002"; # CHANGE
    .probe = ready;
    .connect_timeout = 1s;
}
backend two_unasked {
    .host = "127.0.0.1"; # CHANGE
    .port = "8002"; # CHANGE
    .connect_timeout = 1s;
}
sub vcl_init {
    new replicas = directors.shard();
    new unasked = directors.shard();
    replicas.add_backend(one);
    unasked.add_backend(one_unasked);
    replicas.add_backend(two);
    unasked.add_backend(two_unasked);
    replicas.reconfigure(500);
    unasked.reconfigure(500);
}
sub data {
    hash_data("first");
}
