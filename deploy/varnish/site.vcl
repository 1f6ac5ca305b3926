vcl 4.1;
# One address before several servers that hold the same data, and a cache of what they say.
# For Varnish 7, started as iqgraph.conf beside this file has it; docs/scaling.md tells how.
# Lines to look at are marked with CHANGE.

import directors;
import std;

probe ready {
    .url = "/ready";
    .interval = 1s;
    .timeout = 1s;
    .window = 3;
    .threshold = 2;
    .initial = 2;
}

# The servers, and the name of the data that they hold. The command deploy/switch writes this file.
include "./replicas.vcl";

sub vcl_recv {
    set req.backend_hint = replicas.backend(resolve=LAZY);
    if (req.restarts == 0) {
        set req.http.X-Request-ID = "varnish-" + req.xid;
        set req.http.X-Forwarded-For = client.ip; # CHANGE: leave this line out if another proxy stands before Varnish
    }
    set req.http.X-Forwarded-Proto = "http"; # CHANGE: https if that proxy speaks TLS
    unset req.http.Forwarded;
    unset req.http.X-Forwarded-Host;
    unset req.http.X-Forwarded-Prefix;
    unset req.http.Authorization;
    unset req.http.Cookie;
    unset req.http.Proxy;

    if (req.url ~ "^/metrics(\?|$)") {
        return (synth(404, "There is nothing here"));
    }

    # What clients write in many ways is written in few ones; what is not known here goes on as it came.
    if (!req.http.Accept || req.http.Accept == "") {
        set req.http.Accept = "*/*";
    } elsif (req.http.Accept ~ "^text/html,application/xhtml\+xml,application/xml;q=0\.9,(image/[a-z+*]+,)*\*/\*;q=0\.8(,application/signed-exchange;v=b3;q=0\.7)?$") {
        set req.http.Accept = "text/html,application/xml;q=0.9,*/*;q=0.8";
    }
    if (!req.http.Accept-Language || req.http.Accept-Language == "") {
        set req.http.Accept-Language = "en";
    } elsif (req.http.Accept-Language ~ "(?i)^(de|de-[a-z]+,de;q=0\.9)(,[a-z-]+;q=0\.[1-8])*$") {
        set req.http.Accept-Language = "de";
    } elsif (req.http.Accept-Language ~ "(?i)^(en|en-[a-z]+,en;q=0\.9)(,[a-z-]+;q=0\.[1-8])*$") {
        set req.http.Accept-Language = "en";
    } elsif (req.http.Accept-Language ~ "(?i)^en-[a-z]+,en;q=0\.5$") {
        set req.http.Accept-Language = "en";
    }
    # Parts are counted in the plain bytes, so whoever asks for a part gets no compressed answer.
    if (req.http.Range || req.http.Accept-Encoding ~ "(?i)^(br|deflate|identity|zstd|,|\s)*$") {
        unset req.http.Accept-Encoding;
    } elsif (req.http.Accept-Encoding ~ "(?i)^[a-z, ]*\bgzip\b[a-z, ]*$") {
        set req.http.Accept-Encoding = "gzip";
    }

    # Queries change nothing, so one that is posted is kept until it is answered, to be asked again if need be.
    if (req.method == "POST" || req.method == "QUERY") {
        if (!std.cache_req_body(2MB)) {
            return (synth(413, "The request is too large"));
        }
        return (pass);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    if (req.http.Accept-Datetime) {
        return (pass);
    }
    # A minute past its time an answer is shown while the next one is fetched; much later only if nobody answers.
    if (req.restarts == 0 && std.healthy(req.backend_hint)) {
        set req.grace = 60s;
    }
    return (hash);
}

# The name of the data is part of the key: after a switch, nothing of the older data is found again.
sub vcl_hash {
    call data;
    hash_data(req.http.X-Forwarded-Proto);
}

sub vcl_backend_response {
    # An answer goes on when it is whole; one that breaks off before can be asked of another server.
    set beresp.do_stream = false;
    # The servers want to be asked each time whether a file is the newest. Once a second will do.
    if (beresp.status == 200 && bereq.url ~ "^/download/" && !bereq.uncacheable) {
        set beresp.ttl = 1s;
        set beresp.grace = 1s;
        set beresp.keep = 1d;
        return (deliver);
    }
    # Only what says how long it may be kept is kept; redirects as well, which Varnish leaves out by itself.
    if (beresp.http.Cache-Control !~ "max-age") {
        set beresp.ttl = 0s;
    } elsif (beresp.status == 303 && beresp.ttl <= 0s && !bereq.uncacheable) {
        set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
        set beresp.uncacheable = false;
    }
    if (beresp.http.Cache-Control ~ "stale-if-error") {
        set beresp.grace = 1d;
        set beresp.keep = 1d;
    }
    # During an update one server may know what another one does not know yet.
    if (beresp.status == 404 && bereq.url ~ "^/(static/built|version)/" && bereq.retries < 2) {
        return (retry);
    }
    if (beresp.status == 503 && bereq.retries < 1) {
        return (retry);
    }
}

sub vcl_backend_fetch {
    # Each try goes to another server; which one comes first depends on the name of the request, so all have equal shares.
    set bereq.backend = replicas.backend(by=KEY, key=replicas.key(bereq.http.X-Request-ID), alt=bereq.retries, healthy=ALL);
    # None was ready when it was last asked. They may be slow only, or back again, so they are tried all the same.
    if (!std.healthy(bereq.backend)) {
        set bereq.backend = unasked.backend(by=KEY, key=unasked.key(bereq.http.X-Request-ID), alt=bereq.retries, healthy=IGNORE);
    }
    if (bereq.url ~ "^(/version/[^/]+)?/(sparql|graph-store)(\?|$)") {
        set bereq.first_byte_timeout = 20s; # CHANGE with --timeout of the servers: at least twice as long
    } elsif (bereq.url ~ "^/(version|download)/") {
        set bereq.first_byte_timeout = 120s;
    } else {
        set bereq.first_byte_timeout = 10s;
    }
}

sub vcl_backend_error {
    # Only queries are posted that change nothing, but only to these addresses.
    if (bereq.retries < 2 && (bereq.method == "GET" || bereq.method == "HEAD" || bereq.method == "QUERY" || bereq.url ~ "^(/version/[^/]+)?/(sparql|graph-store)(\?|$)")) {
        return (retry);
    }
    set beresp.status = 503;
    set beresp.reason = "No server answers";
    set beresp.http.Content-Type = "application/problem+json";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "5";
    set beresp.http.Access-Control-Allow-Origin = "*";
    set beresp.http.X-Content-Type-Options = "nosniff";
    set beresp.http.X-Away = "1";
    set beresp.ttl = 0s;
    set beresp.uncacheable = true;
    set beresp.body = """{"title":"No server answers","status":503,"detail":"No server answers at the moment. Ask again in some seconds."}
""";
    return (deliver);
}

sub vcl_deliver {
    # No server answered: perhaps an older answer is still there.
    if (resp.http.X-Away && req.restarts == 0 && (req.method == "GET" || req.method == "HEAD")) {
        return (restart);
    }
    unset resp.http.X-Away;
    # An answer that was kept does not bear the name of the request that it was first made for.
    set resp.http.X-Request-ID = req.http.X-Request-ID;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    unset resp.http.Server;
    if (obj.uncacheable) {
        set resp.http.Cache-Status = "varnish; fwd=bypass";
    } elsif (obj.hits > 0) {
        set resp.http.Cache-Status = "varnish; hit";
    } else {
        set resp.http.Cache-Status = "varnish; fwd=uri-miss";
    }
}

# What Varnish says itself has the form of what the servers say: a problem (RFC 9457).
sub vcl_synth {
    set resp.http.Content-Type = "application/problem+json";
    set resp.http.Cache-Control = "no-store";
    set resp.http.Access-Control-Allow-Origin = "*";
    set resp.http.X-Content-Type-Options = "nosniff";
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    unset resp.http.Server;
    set resp.body = {"{"title":""} + resp.reason + {"","status":"} + resp.status + """}
""";
    return (deliver);
}
