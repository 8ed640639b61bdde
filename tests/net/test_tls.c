/*
 * TLS streams: records in any pieces, holes, and how connections end.
 */

#include "net/tls.h"

#include "tls_message.h"

/* --- streams to read -------------------------------------------------------- */

/* Pushes a copy of the exact size, gone before the result is looked at. */
static uint32_t push(NetTlsStream *stream, Str bytes)
{
    g_autofree char *block = g_memdup2(bytes.data, bytes.len);

    return net_tls_stream_push(stream, (Str){ block, bytes.len });
}

static NetTlsStream *read_all(const Bytes *bytes)
{
    NetTlsStream *stream = net_tls_stream_new();

    push(stream, tls_str(bytes));
    return stream;
}

/* A handshake message in records of at most 'piece' bytes. */
static void put_handshake(Bytes *bytes, Bytes *message, size_t piece)
{
    for (Str rest = tls_str(message); rest.len > 0; rest = str_from(rest, piece))
        tls_put_record(bytes, TLS_HANDSHAKE, str_first(rest, piece));
    g_byte_array_unref(message);
}

/* What a server of TLS 1.2 sends; 'piece' as above. */
static Bytes *server_stream(size_t piece)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "sip.example.com" });
    Bytes *bytes = g_byte_array_new();

    put_handshake(bytes, tls_server_hello(STR_NONE, NULL), piece);
    put_handshake(bytes, tls_certificates(issue_der(der), 2), piece);
    put_handshake(bytes, tls_message(14, g_byte_array_new()), piece);
    tls_put_record(bytes, TLS_CHANGE_CIPHER, STR("\1"));
    tls_put_sealed(bytes, TLS_HANDSHAKE, 40);
    tls_put_sealed(bytes, TLS_DATA, 300);
    tls_put_sealed(bytes, TLS_DATA, 200);
    tls_put_sealed(bytes, TLS_ALERT, 26);
    return bytes;
}

#define SERVER_SIGHTS                                                                  \
    (NET_TLS_SERVER_HELLO | NET_TLS_CERTIFICATE | NET_TLS_CHANGE_CIPHER | NET_TLS_DATA \
     | NET_TLS_SEALED_ALERT)

static void assert_server(NetTlsStream *stream)
{
    const NetTlsSeen *seen = net_tls_stream_seen(stream);

    assert_int_equal(seen->sights, SERVER_SIGHTS);
    assert_int_equal(seen->server.cipher, 0xc02f);
    assert_str_equal(seen->certificate->subject, "sip.example.com");
    assert_int_equal(seen->n_certificates, 2);
    assert_int_equal(seen->n_data, 2);
    assert_int_equal(seen->first_data_len, 300);
    assert_int_equal(seen->last_data_len, 200);
    assert_int_equal(seen->n_sealed_alerts, 1);
    assert_int_equal(seen->n_alerts, 0);
}

/* --- honest streams ------------------------------------------------------------ */

static void reads_a_server_of_tls_12(void **state)
{
    g_autoptr(Bytes) bytes = server_stream(SIZE_MAX);
    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_server(stream);
    assert_int_equal(net_tls_stream_seen(stream)->n_records, 8);
    assert_int_equal(net_tls_stream_seen(stream)->record_version, NET_TLS_12);
}

static void reads_handshakes_of_one_byte_in_each_record(void **state)
{
    g_autoptr(Bytes) bytes = server_stream(1);
    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_server(stream);
}

static void reads_one_byte_at_a_time_and_tells_each_thing_once(void **state)
{
    g_autoptr(Bytes) bytes = server_stream(100);
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();
    uint32_t told = 0;

    for (size_t i = 0; i < bytes->len; i++) {
        uint32_t fresh = push(stream, str_first(str_from(tls_str(bytes), i), 1));

        assert_int_equal(told & fresh & (uint32_t)~NET_TLS_DATA, 0); /* two records of it */
        told |= fresh;
    }
    assert_int_equal(told, SERVER_SIGHTS);
    assert_server(stream);
}

static void reads_several_messages_in_one_record(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "sip.example.com" });
    g_autoptr(Bytes) flight = tls_server_hello(STR_NONE, NULL);
    g_autoptr(Bytes) certificates = tls_certificates(issue_der(der), 1);
    g_autoptr(Bytes) bytes = g_byte_array_new();

    tls_put(flight, tls_str(certificates));
    tls_put_record(bytes, TLS_HANDSHAKE, tls_str(flight));

    g_autoptr(NetTlsStream) stream = read_all(bytes);
    const NetTlsSeen *seen = net_tls_stream_seen(stream);

    assert_int_equal(seen->sights, NET_TLS_SERVER_HELLO | NET_TLS_CERTIFICATE);
    assert_str_equal(seen->certificate->subject, "sip.example.com");
}

static void reads_the_hello_of_a_phone(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();

    put_handshake(bytes, tls_client_hello(tls_server_name(STR("sip.example.com"))), SIZE_MAX);

    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_int_equal(net_tls_stream_seen(stream)->sights, NET_TLS_CLIENT_HELLO);
    assert_str_equal(net_tls_stream_seen(stream)->client.server_name, "sip.example.com");
}

/* What a stream has seen goes to another thread, while the stream goes on or ends. */
static void a_copy_lives_without_its_stream(void **state)
{
    g_autoptr(Bytes) hello = g_byte_array_new();
    g_autoptr(Bytes) bytes = server_stream(SIZE_MAX);

    put_handshake(hello, tls_client_hello(tls_server_name(STR("sip.example.com"))), SIZE_MAX);

    NetTlsStream *client = read_all(hello);
    NetTlsStream *server = read_all(bytes);
    g_autoptr(NetTlsSeen) asked = net_tls_seen_copy(net_tls_stream_seen(client));
    g_autoptr(NetTlsSeen) seen = net_tls_seen_copy(net_tls_stream_seen(server));

    net_tls_stream_gap(client, 7);
    net_tls_stream_free(client);
    net_tls_stream_free(server);
    assert_int_equal(asked->sights, NET_TLS_CLIENT_HELLO);
    assert_str_equal(asked->client.server_name, "sip.example.com");
    assert_false(str_present(asked->server.protocol));
    assert_null(asked->certificate);
    assert_int_equal(seen->sights, SERVER_SIGHTS);
    assert_false(str_present(seen->client.server_name));
    assert_str_equal(seen->certificate->subject, "sip.example.com");
}

/* RFC 8446 appendix D.4: in TLS 1.3 the change of ciphers is for show. */
static void reads_the_second_hello_of_a_server_of_tls_13(void **state)
{
    Str retry = STR("\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
                    "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c");
    g_autoptr(Bytes) bytes = g_byte_array_new();

    put_handshake(bytes, tls_server_hello(retry, tls_chooses(NET_TLS_13)), SIZE_MAX);
    tls_put_record(bytes, TLS_CHANGE_CIPHER, STR("\1"));
    put_handshake(bytes, tls_server_hello(STR_NONE, tls_chooses(NET_TLS_13)), SIZE_MAX);
    tls_put_sealed(bytes, TLS_DATA, 900);

    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_int_equal(net_tls_stream_seen(stream)->sights,
                     NET_TLS_RETRY | NET_TLS_CHANGE_CIPHER | NET_TLS_SERVER_HELLO | NET_TLS_DATA);
}

static void does_not_read_what_is_encrypted(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();

    tls_put_record(bytes, TLS_CHANGE_CIPHER, STR("\1"));
    put_handshake(bytes, tls_client_hello(NULL), SIZE_MAX);

    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_int_equal(net_tls_stream_seen(stream)->sights, NET_TLS_CHANGE_CIPHER);
}

static void counts_floods_of_alerts(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();

    for (unsigned i = 0; i < 10000; i++) {
        tls_put_record(bytes, TLS_ALERT, STR("\1\x5a"));
        tls_put_sealed(bytes, TLS_ALERT, 18);
    }

    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_int_equal(net_tls_stream_seen(stream)->n_alerts, 10000);
    assert_int_equal(net_tls_stream_seen(stream)->n_sealed_alerts, 10000);
    assert_int_equal(net_tls_stream_seen(stream)->alert.description, 90);
}

static void tells_a_client_that_gave_up(void **state)
{
    g_autoptr(Bytes) answer = g_byte_array_new();
    g_autoptr(Bytes) bytes = g_byte_array_new();

    put_handshake(answer, tls_server_hello(STR_NONE, tls_chooses(NET_TLS_13)), SIZE_MAX);
    put_handshake(bytes, tls_client_hello(NULL), SIZE_MAX);
    tls_put_record(bytes, TLS_CHANGE_CIPHER, STR("\1"));
    tls_put_sealed(bytes, TLS_DATA, 19);

    g_autoptr(NetTlsStream) client = read_all(bytes);
    g_autoptr(NetTlsStream) server = read_all(answer);

    assert_true(net_tls_client_gave_up(net_tls_stream_seen(client), net_tls_stream_seen(server)));
}

/* --- no TLS -------------------------------------------------------------------- */

static uint32_t first_sight(Str bytes)
{
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();
    uint32_t told = push(stream, bytes);

    assert_int_equal(net_tls_stream_seen(stream)->sights, told);
    return told;
}

static void tells_text_and_other_things_from_tls(void **state)
{
    assert_int_equal(first_sight(STR("REGISTER sip:example.com SIP/2.0\r\n")), NET_TLS_PLAIN_TEXT);
    assert_int_equal(first_sight(STR("\r\n\r\n\r\n")), NET_TLS_PLAIN_TEXT);
    assert_int_equal(first_sight(STR("\0\1\2\3\4\5\6")), NET_TLS_FOREIGN);
    assert_int_equal(first_sight(STR("\x16\3\5\0\1\1")), NET_TLS_FOREIGN);
    assert_int_equal(first_sight(STR("\x16\2\1\0\1\1")), NET_TLS_FOREIGN);
    assert_int_equal(first_sight(STR("\x19\3\1\0\1\1")), NET_TLS_FOREIGN);
    assert_int_equal(first_sight(STR("\x16\3\1\x48\0\0")), 0);
    assert_int_equal(first_sight(STR("\x16\3\1\x48\1\0")), NET_TLS_FOREIGN); /* 2^14 + 2048 + 1 */
    assert_int_equal(first_sight(STR("")), 0);
}

/* RFC 5246 appendix E.2 */
static void reads_the_form_of_ssl_2(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();

    tls_put(bytes, STR("\x80\x0c\x01\x03\x01\0\3\0\0\0\0\xc0\2f"));
    tls_put_record(bytes, TLS_ALERT, STR("\2\x28"));

    g_autoptr(NetTlsStream) stream = read_all(bytes);
    const NetTlsSeen *seen = net_tls_stream_seen(stream);

    assert_int_equal(seen->sights, NET_TLS_OLD_HELLO | NET_TLS_CLIENT_HELLO | NET_TLS_ALERT);
    assert_int_equal(seen->client.version, NET_TLS_10);
    assert_int_equal(seen->alert.description, 40);
    assert_int_equal(first_sight(STR("\x80\2\1\3\1")), NET_TLS_FOREIGN); /* too short to be one */
    assert_int_equal(first_sight(STR("\x80\x20\4\3\1")), NET_TLS_FOREIGN);
}

/* --- holes ------------------------------------------------------------------- */

static void finds_the_next_record_behind_a_hole_in_one(void **state)
{
    g_autoptr(Bytes) before = g_byte_array_new();
    g_autoptr(Bytes) after = g_byte_array_new();
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();

    tls_put_sealed(before, TLS_DATA, 500);
    tls_put_record(after, TLS_ALERT, STR("\2\x50"));
    push(stream, str_first(tls_str(before), 100));
    assert_int_equal(net_tls_stream_gap(stream, 300), NET_TLS_GAP);
    push(stream, str_from(tls_str(before), 400));
    assert_int_equal(push(stream, tls_str(after)), NET_TLS_ALERT);
    push(stream, str_first(tls_str(before), 100));
    net_tls_stream_gap(stream, before->len - 100); /* up to its end */
    push(stream, str_first(tls_str(after), 1));
    assert_int_equal(push(stream, str_from(tls_str(after), 1)), NET_TLS_ALERT);
    assert_int_equal(net_tls_stream_seen(stream)->sights,
                     NET_TLS_DATA | NET_TLS_GAP | NET_TLS_ALERT);
}

static void finds_a_record_at_the_start_of_a_payload(void **state)
{
    g_autoptr(Bytes) sealed = g_byte_array_new();
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();

    tls_put_sealed(sealed, TLS_DATA, 500);
    assert_int_equal(net_tls_stream_gap(stream, 0), NET_TLS_GAP); /* from its middle */
    assert_int_equal(push(stream, STR("GARBAGE that is neither text nor foreign")), 0);
    assert_int_equal(push(stream, tls_str(sealed)), NET_TLS_DATA);
    assert_int_equal(net_tls_stream_gap(stream, 1), NET_TLS_GAP); /* nobody knows of what */
    assert_int_equal(push(stream, STR("\x17\3\3")), 0);
    assert_int_equal(push(stream, tls_str(sealed)), NET_TLS_DATA);
    assert_int_equal(net_tls_stream_seen(stream)->n_data, 2);
}

static void reads_the_start_of_a_certificate_with_a_hole_behind(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "sip.example.com" });
    g_autoptr(Bytes) bytes = g_byte_array_new();
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();

    put_handshake(bytes, tls_certificates(issue_der(der), 3), SIZE_MAX);
    assert_int_equal(push(stream, str_first(tls_str(bytes), bytes->len - issue_der(der).len)), 0);
    assert_int_equal(net_tls_stream_gap(stream, 10), NET_TLS_GAP | NET_TLS_CERTIFICATE);
    assert_str_equal(net_tls_stream_seen(stream)->certificate->subject, "sip.example.com");
    assert_int_equal(net_tls_stream_seen(stream)->n_certificates, 2);
}

static void reads_a_message_behind_a_hole_but_no_noise(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "sip.example.com" });
    g_autoptr(Bytes) noise = g_byte_array_new();
    g_autoptr(Bytes) bytes = g_byte_array_new();
    g_autoptr(NetTlsStream) clear = net_tls_stream_new();
    g_autoptr(NetTlsStream) sealed = net_tls_stream_new();

    put_handshake(bytes, tls_certificates(issue_der(der), 1), SIZE_MAX);
    tls_put_record(noise, TLS_HANDSHAKE, STR("\x0b\xa7\x3c\x51 begins like a certificate"));
    net_tls_stream_gap(clear, 100);
    assert_int_equal(push(clear, tls_str(bytes)), NET_TLS_CERTIFICATE);
    net_tls_stream_gap(sealed, 100);
    assert_int_equal(push(sealed, tls_str(noise)), 0);
    assert_int_equal(push(sealed, tls_str(bytes)), 0); /* encrypted since then */
}

static void does_not_join_what_a_hole_divides(void **state)
{
    g_autoptr(Bytes) hello = tls_client_hello(tls_server_name(STR("sip.example.com")));
    g_autoptr(Bytes) bytes = g_byte_array_new();
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();

    tls_put_record(bytes, TLS_HANDSHAKE, tls_str(hello));
    push(stream, str_first(tls_str(bytes), 60));
    net_tls_stream_gap(stream, 4);
    assert_int_equal(push(stream, str_from(tls_str(bytes), 64)), 0);
    g_byte_array_set_size(bytes, 0);
    put_handshake(bytes, tls_message(13, g_byte_array_new()), SIZE_MAX);
    assert_int_equal(push(stream, tls_str(bytes)), NET_TLS_CERTIFICATE_REQUEST);
    assert_int_equal(net_tls_stream_seen(stream)->sights,
                     NET_TLS_CLIENT_HELLO | NET_TLS_GAP | NET_TLS_CERTIFICATE_REQUEST);
    assert_false(str_present(net_tls_stream_seen(stream)->client.server_name));
}

/* --- bounds ------------------------------------------------------------------ */

static void holds_sixteen_kilobytes_of_what_claims_sixteen_megabytes(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "sip.example.com" });
    g_autoptr(Bytes) bytes = g_byte_array_new();
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();

    tls_put_number(bytes, 0x0bffffff, 4);
    tls_put_number(bytes, 0xfffffc, 3);
    tls_put_vector(bytes, 3, issue_der(der));

    g_autoptr(Bytes) records = g_byte_array_new();

    tls_put_record(records, TLS_HANDSHAKE, tls_str(bytes));
    push(stream, tls_str(records));

    uint32_t told = 0;

    for (unsigned i = 0; i < 100; i++) {
        g_byte_array_set_size(records, 0);
        tls_put_sealed(records, TLS_HANDSHAKE, 1000);
        told |= push(stream, tls_str(records));
        assert_true(net_tls_stream_size(stream) < NET_TLS_HANDSHAKE + 8192);
    }
    assert_int_equal(told, NET_TLS_CUT | NET_TLS_CERTIFICATE);
    assert_str_equal(net_tls_stream_seen(stream)->certificate->subject, "sip.example.com");
    assert_true(net_tls_stream_size(stream) < 8192);
}

static void reads_no_more_than_sixteen_kilobytes_of_small_messages(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();

    for (unsigned i = 0; i < NET_TLS_HANDSHAKE / 4; i++)
        put_handshake(bytes, tls_message(0, g_byte_array_new()), SIZE_MAX);

    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_int_equal(net_tls_stream_seen(stream)->sights, 0);
    g_byte_array_set_size(bytes, 0);
    put_handshake(bytes, tls_client_hello(NULL), SIZE_MAX);
    assert_int_equal(push(stream, tls_str(bytes)), NET_TLS_CUT);
}

static void gives_up_on_a_length_that_cannot_be(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();
    g_autoptr(NetTlsStream) stream = net_tls_stream_new();

    tls_put_record(bytes, TLS_ALERT, STR("\1\0"));
    tls_put(bytes, STR("\x16\3\3\x48\1")); /* 2^14 + 2048 + 1 */
    tls_put_record(bytes, TLS_ALERT, STR("\2\x28"));
    assert_int_equal(push(stream, tls_str(bytes)), NET_TLS_ALERT | NET_TLS_MALFORMED);
    assert_int_equal(net_tls_stream_seen(stream)->n_alerts, 1);
    assert_int_equal(push(stream, str_first(tls_str(bytes), 7)), NET_TLS_ALERT);
}

static void passes_over_empty_records(void **state)
{
    g_autoptr(Bytes) bytes = g_byte_array_new();

    for (unsigned type = TLS_CHANGE_CIPHER + 1; type <= TLS_DATA; type++)
        tls_put_record(bytes, type, STR(""));
    tls_put_record(bytes, TLS_ALERT, STR("\2\x28"));

    g_autoptr(NetTlsStream) stream = read_all(bytes);

    assert_int_equal(net_tls_stream_seen(stream)->n_records, 4);
    assert_int_equal(net_tls_stream_seen(stream)->sights, NET_TLS_DATA | NET_TLS_ALERT);
}

static void survives_any_cut(void **state)
{
    g_autoptr(Bytes) bytes = server_stream(200);
    uint32_t sights = 0;

    for (size_t len = 0; len <= bytes->len; len++) {
        g_autoptr(NetTlsStream) stream = net_tls_stream_new();

        push(stream, str_first(tls_str(bytes), len));
        net_tls_stream_gap(stream, bytes->len - len);
        if (len >= 5)
            assert_int_equal(net_tls_stream_seen(stream)->sights & sights, sights);
        sights = net_tls_stream_seen(stream)->sights;
        assert_int_equal(sights & ~(uint32_t)SERVER_SIGHTS, NET_TLS_GAP);
    }
    assert_int_equal(sights, SERVER_SIGHTS | NET_TLS_GAP);
}

/* A hole of every length at every third place. */
static void survives_any_hole(void **state)
{
    g_autoptr(Bytes) bytes = server_stream(SIZE_MAX);
    Str whole = tls_str(bytes);

    for (size_t at = 0; at < whole.len; at += 3) {
        for (size_t len = 1; at + len < whole.len; len += 61) {
            g_autoptr(NetTlsStream) stream = net_tls_stream_new();

            push(stream, str_first(whole, at));
            net_tls_stream_gap(stream, len);
            push(stream, str_from(whole, at + len));

            uint32_t sights = net_tls_stream_seen(stream)->sights;

            assert_true(sights & NET_TLS_GAP);
            assert_int_equal(sights & (NET_TLS_ALERT | NET_TLS_PLAIN_TEXT | NET_TLS_FOREIGN), 0);
        }
    }
}

/* --- names ------------------------------------------------------------------ */

static void names_versions(void **state)
{
    char text[NET_TLS_WORD];

    assert_string_equal(net_tls_version_name(0x0002, text), "SSL 2.0");
    assert_string_equal(net_tls_version_name(0x0300, text), "SSL 3.0");
    assert_string_equal(net_tls_version_name(NET_TLS_10, text), "TLS 1.0");
    assert_string_equal(net_tls_version_name(NET_TLS_13, text), "TLS 1.3");
    assert_string_equal(net_tls_version_name(0x7f1c, text), "0x7f1c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_server_of_tls_12),
        cmocka_unit_test(reads_handshakes_of_one_byte_in_each_record),
        cmocka_unit_test(reads_one_byte_at_a_time_and_tells_each_thing_once),
        cmocka_unit_test(reads_several_messages_in_one_record),
        cmocka_unit_test(reads_the_hello_of_a_phone),
        cmocka_unit_test(a_copy_lives_without_its_stream),
        cmocka_unit_test(reads_the_second_hello_of_a_server_of_tls_13),
        cmocka_unit_test(does_not_read_what_is_encrypted),
        cmocka_unit_test(counts_floods_of_alerts),
        cmocka_unit_test(tells_a_client_that_gave_up),
        cmocka_unit_test(tells_text_and_other_things_from_tls),
        cmocka_unit_test(reads_the_form_of_ssl_2),
        cmocka_unit_test(finds_the_next_record_behind_a_hole_in_one),
        cmocka_unit_test(finds_a_record_at_the_start_of_a_payload),
        cmocka_unit_test(reads_the_start_of_a_certificate_with_a_hole_behind),
        cmocka_unit_test(reads_a_message_behind_a_hole_but_no_noise),
        cmocka_unit_test(does_not_join_what_a_hole_divides),
        cmocka_unit_test(holds_sixteen_kilobytes_of_what_claims_sixteen_megabytes),
        cmocka_unit_test(reads_no_more_than_sixteen_kilobytes_of_small_messages),
        cmocka_unit_test(gives_up_on_a_length_that_cannot_be),
        cmocka_unit_test(passes_over_empty_records),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(survives_any_hole),
        cmocka_unit_test(names_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
