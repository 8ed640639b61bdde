/*
 * The TLS records of scenarios, read by the program's own parser.
 */

#include "tls.h"

#include "check.h"
#include "net/tls.h"

static void push(NetTlsStream *stream, const char *kind, TlsWish wish)
{
    g_autoptr(GByteArray) record = tls_record(kind, &wish);

    assert_non_null(record);
    net_tls_stream_push(stream, (Str){ (const char *)record->data, record->len });
}

static void hellos_are_read_back(void **state)
{
    g_autoptr(NetTlsStream) client = net_tls_stream_new();
    g_autoptr(NetTlsStream) server = net_tls_stream_new();

    push(client, "client-hello", (TlsWish){ .name = "sip.example.com" });
    assert_true(net_tls_stream_seen(client)->sights & NET_TLS_CLIENT_HELLO);
    assert_true(str_equal(net_tls_stream_seen(client)->client.server_name, STR("sip.example.com")));
    push(server, "server-hello", (TlsWish){ .version = "1.3" });
    assert_int_equal(net_tls_stream_seen(server)->server.version, NET_TLS_13);
}

static void a_certificate_is_read_back(void **state)
{
    g_autoptr(NetTlsStream) server = net_tls_stream_new();

    push(server, "server-hello", (TlsWish){ 0 });
    push(server, "certificate", (TlsWish){ .name = "sip.example.com", .until = "20260131120000Z" });

    const NetCertificate *certificate = net_tls_stream_seen(server)->certificate;

    assert_int_equal(net_tls_stream_seen(server)->server.version, NET_TLS_12);
    assert_non_null(certificate);
    assert_int_equal(certificate->not_after, INT64_C(1769860800) * NSEC_SEC);
    assert_int_equal(net_certificate_match(certificate, STR("sip.example.com")),
                     NET_CERTIFICATE_EXACT);
}

static void the_same_wish_gives_the_same_bytes(void **state)
{
    TlsWish wish = { .name = "sip.example.com" };
    g_autoptr(GByteArray) one = tls_record("certificate", &wish);
    g_autoptr(GByteArray) other = tls_record("certificate", &wish);

    assert_int_equal(one->len, other->len);
    assert_memory_equal(one->data, other->data, one->len);
}

static void alerts_and_data_are_read_back(void **state)
{
    g_autoptr(NetTlsStream) client = net_tls_stream_new();

    push(client, "client-hello", (TlsWish){ 0 });
    push(client, "alert", (TlsWish){ .alert = "48" });
    push(client, "change-cipher", (TlsWish){ 0 });
    push(client, "data", (TlsWish){ .size = "19" });

    const NetTlsSeen *seen = net_tls_stream_seen(client);

    assert_int_equal(seen->alert.level, 2);
    assert_int_equal(seen->alert.description, 48);
    assert_true(seen->sights & NET_TLS_CHANGE_CIPHER);
    assert_int_equal(seen->first_data_len, 19);
    assert_null(tls_record("sealed", &(TlsWish){ 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hellos_are_read_back),
        cmocka_unit_test(a_certificate_is_read_back),
        cmocka_unit_test(the_same_wish_gives_the_same_bytes),
        cmocka_unit_test(alerts_and_data_are_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
