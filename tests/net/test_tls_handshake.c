/*
 * Handshake messages: what is offered, what is chosen, who somebody says he is.
 */

#include "net/tls_handshake.h"

#include "tls_message.h"

/* What one message said. */
typedef struct Heard {
    NetTlsSeen seen;
    GStringChunk *text;
    uint32_t sights;
} Heard;

static void heard_free(Heard *heard)
{
    net_certificate_unref(heard->seen.certificate);
    g_string_chunk_free(heard->text);
    g_free(heard);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Heard, heard_free)

static void hear_more(Heard *heard, Str bytes, bool whole)
{
    /* The exact size, and gone before the result is looked at. */
    size_t len = bytes.len - NET_TLS_MESSAGE_HEADER;
    g_autofree char *body = g_memdup2(bytes.data + NET_TLS_MESSAGE_HEADER, len);
    NetTlsMessage message = {
        .type = (uint8_t)bytes.data[0],
        .body = { body, len },
        .whole = whole,
    };

    heard->sights = net_tls_handshake_read(&message, &heard->seen, heard->text);
    heard->seen.sights |= heard->sights;
}

static Heard *hear_part(Str bytes, bool whole)
{
    Heard *heard = g_new0(Heard, 1);

    heard->text = g_string_chunk_new(64);
    hear_more(heard, bytes, whole);
    return heard;
}

static Heard *hear(Bytes *message)
{
    Heard *heard = hear_part(tls_str(message), true);

    g_byte_array_unref(message);
    return heard;
}

static Bytes *bytes_of(Str s)
{
    Bytes *bytes = g_byte_array_new();

    tls_put(bytes, s);
    return bytes;
}

static Bytes *extension(unsigned type, Str content)
{
    Bytes *extensions = g_byte_array_new();

    tls_put_extension(extensions, type, bytes_of(content));
    return extensions;
}

/* --- client hello ------------------------------------------------------------ */

static void reads_what_an_old_phone_offers(void **state)
{
    g_autoptr(Heard) heard = hear(tls_client_hello(NULL));
    const NetTlsClientHello *client = &heard->seen.client;

    assert_int_equal(heard->sights, NET_TLS_CLIENT_HELLO);
    assert_int_equal(client->version, NET_TLS_12);
    assert_int_equal(client->lowest, NET_TLS_12);
    assert_false(client->offers_13);
    assert_true(client->clock == TLS_CLOCK * NSEC_SEC);
    assert_int_equal(client->n_ciphers, 3);
    assert_false(str_present(client->server_name));
    assert_int_equal(client->n_protocols, 0);
}

static void reads_the_name_of_the_server(void **state)
{
    g_autoptr(Heard) heard = hear(tls_client_hello(tls_server_name(STR("sip.example.com"))));

    assert_int_equal(heard->sights, NET_TLS_CLIENT_HELLO);
    assert_str_equal(heard->seen.client.server_name, "sip.example.com");
}

static void keeps_a_nul_in_the_name_of_the_server(void **state)
{
    g_autoptr(Heard) heard = hear(tls_client_hello(tls_server_name(STR("sip\0.evil.example"))));

    assert_str_equal(heard->seen.client.server_name, "sip\0.evil.example");
}

static void takes_no_name_that_is_too_long(void **state)
{
    char name[256] = { 0 };
    g_autoptr(Heard) longest = hear(tls_client_hello(tls_server_name((Str){ name, 255 })));
    g_autoptr(Heard) longer = hear(tls_client_hello(tls_server_name((Str){ name, 256 })));

    assert_int_equal(longest->seen.client.server_name.len, 255);
    assert_int_equal(longest->sights, NET_TLS_CLIENT_HELLO);
    assert_false(str_present(longer->seen.client.server_name));
    assert_int_equal(longer->sights, NET_TLS_CLIENT_HELLO | NET_TLS_MALFORMED);
}

static void reads_the_versions_without_the_noise(void **state)
{
    g_autoptr(Heard) heard =
        hear(tls_client_hello(extension(43, STR("\x08\x7a\x7a\x03\x04\x03\x01\x03\x03"))));

    assert_int_equal(heard->sights, NET_TLS_CLIENT_HELLO);
    assert_int_equal(heard->seen.client.version, NET_TLS_13);
    assert_int_equal(heard->seen.client.lowest, NET_TLS_10);
    assert_true(heard->seen.client.offers_13);
}

static void reads_the_protocols(void **state)
{
    g_autoptr(Heard) two = hear(tls_client_hello(extension(16, STR("\0\x0f\5sip/2\x08http/1.1"))));
    g_autoptr(Heard) six = hear(tls_client_hello(extension(16, STR("\0\x0c\1a\1b\1c\1d\1e\1f"))));

    assert_int_equal(two->sights, NET_TLS_CLIENT_HELLO);
    assert_int_equal(two->seen.client.n_protocols, 2);
    assert_str_equal(two->seen.client.protocols[0], "sip/2");
    assert_str_equal(two->seen.client.protocols[1], "http/1.1");
    assert_int_equal(six->seen.client.n_protocols, 4);
    assert_str_equal(six->seen.client.protocols[3], "d");
}

static void takes_the_first_of_two_extensions(void **state)
{
    Bytes *extensions = tls_server_name(STR("first"));
    g_autoptr(Bytes) second = tls_server_name(STR("second"));

    tls_put(extensions, tls_str(second));

    g_autoptr(Heard) heard = hear(tls_client_hello(extensions));

    assert_str_equal(heard->seen.client.server_name, "first");
}

static void finds_the_name_behind_very_many_extensions(void **state)
{
    Bytes *extensions = g_byte_array_new();
    g_autoptr(Bytes) name = tls_server_name(STR("sip.example.com"));

    for (unsigned i = 0; i < 10000; i++)
        tls_put_extension(extensions, 1000, g_byte_array_new());
    tls_put(extensions, tls_str(name));

    g_autoptr(Heard) heard = hear(tls_client_hello(extensions));

    assert_str_equal(heard->seen.client.server_name, "sip.example.com");
}

static void marks_lengths_that_lie(void **state)
{
    static const struct {
        unsigned type;
        Str content;
    } lies[] = {
        { 0, { "", 0 } },                  /* no list */
        { 0, { "\0\x09\0\0\x06sip", 8 } }, /* a name longer than its extension */
        { 43, { "\x04\x03\x04", 3 } },     /* more versions than there are */
        { 43, { "\x03\x03\x04\x03", 4 } }, /* one and a half */
        { 16, { "\0\x06\x09sip/2", 8 } },  /* a protocol longer than the list */
        { 16, { "\0\x09\5sip/2", 8 } },    /* a list longer than the extension */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(Heard) heard = hear(tls_client_hello(extension(lies[i].type, lies[i].content)));

        assert_int_equal(heard->sights, NET_TLS_CLIENT_HELLO | NET_TLS_MALFORMED);
        assert_false(str_present(heard->seen.client.server_name));
        assert_int_equal(heard->seen.client.n_ciphers, 3);
    }
}

static void leaves_alone_what_is_no_hello(void **state)
{
    Bytes *message = tls_client_hello(NULL);

    message->data[NET_TLS_MESSAGE_HEADER] = 0x7a;

    g_autoptr(Heard) heard = hear(message);

    assert_int_equal(heard->sights, NET_TLS_MALFORMED);
    assert_int_equal(heard->seen.client.version, 0);
}

static void believes_the_first_hello(void **state)
{
    g_autoptr(Heard) heard = hear(tls_client_hello(tls_server_name(STR("first"))));
    g_autoptr(Bytes) again = tls_client_hello(tls_server_name(STR("second")));

    hear_more(heard, tls_str(again), true);
    assert_int_equal(heard->sights, 0);
    assert_str_equal(heard->seen.client.server_name, "first");
}

/* --- server hello ------------------------------------------------------------ */

static void reads_what_the_server_chooses(void **state)
{
    g_autoptr(Heard) old = hear(tls_server_hello(STR_NONE, extension(16, STR("\0\6\5sip/2"))));
    g_autoptr(Heard) new = hear(tls_server_hello(STR_NONE, tls_chooses(NET_TLS_13)));

    assert_int_equal(old->sights, NET_TLS_SERVER_HELLO);
    assert_int_equal(old->seen.server.version, NET_TLS_12);
    assert_int_equal(old->seen.server.cipher, 0xc02f);
    assert_str_equal(old->seen.server.protocol, "sip/2");
    assert_true(old->seen.server.clock == TLS_CLOCK * NSEC_SEC);
    assert_int_equal(new->seen.server.version, NET_TLS_13);
    assert_false(str_present(new->seen.server.protocol));
}

/* RFC 8446 section 4.1.3 */
static void tells_a_server_that_wants_another_hello(void **state)
{
    Str retry = STR("\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
                    "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c");
    g_autoptr(Heard) heard = hear(tls_server_hello(retry, tls_chooses(NET_TLS_13)));
    g_autoptr(Bytes) second = tls_server_hello(STR_NONE, tls_chooses(NET_TLS_13));

    assert_int_equal(heard->sights, NET_TLS_RETRY);
    assert_true(heard->seen.server.clock == NSEC_NONE);
    hear_more(heard, tls_str(second), true);
    assert_int_equal(heard->sights, NET_TLS_SERVER_HELLO);
    assert_true(heard->seen.server.clock == TLS_CLOCK * NSEC_SEC);
}

/* --- certificates ------------------------------------------------------------- */

static GBytes *issue_one(void)
{
    return issue(&(Order){ .common_name = "sip.example.com", .names = "DNS:sip.example.com" });
}

static void reads_the_first_certificate_and_counts_the_rest(void **state)
{
    g_autoptr(GBytes) der = issue_one();
    g_autoptr(Heard) heard = hear(tls_certificates(issue_der(der), 1000));

    assert_int_equal(heard->sights, NET_TLS_CERTIFICATE);
    assert_int_equal(heard->seen.n_certificates, 1000);
    assert_int_equal(heard->seen.certificate_len, issue_der(der).len);
    assert_str_equal(heard->seen.certificate->subject, "sip.example.com");
}

static void tells_a_client_without_a_certificate(void **state)
{
    g_autoptr(Heard) heard = hear(tls_certificates(STR_NONE, 0));

    assert_int_equal(heard->sights, NET_TLS_CERTIFICATE);
    assert_int_equal(heard->seen.n_certificates, 0);
    assert_int_equal(heard->seen.certificate_len, 0);
    assert_null(heard->seen.certificate);
}

static void does_without_a_certificate_it_cannot_read(void **state)
{
    g_autoptr(Heard) heard =
        hear(tls_message(11, bytes_of(STR("\0\0\x10\0\0\6\x30\x84\x80\0\0\0\0\0\4\x30\0\0\0"))));

    assert_int_equal(heard->sights, NET_TLS_CERTIFICATE);
    assert_int_equal(heard->seen.n_certificates, 2);
    assert_int_equal(heard->seen.certificate_len, 6);
    assert_null(heard->seen.certificate);
}

static void marks_a_list_that_does_not_fit(void **state)
{
    static const Str bodies[] = {
        { "\0\0\6\0\0\2ab", 8 },           /* longer than the message */
        { "\0\0\5\0\0\3ab", 8 },           /* a certificate longer than the list */
        { "\0\0\5\0\0\2ab\0", 9 },         /* a byte behind the list */
        { "\xff\xff\xff\xff\xff\xff", 6 }, /* 16 MiB of each */
        { "\0\0", 2 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autoptr(Heard) heard = hear(tls_message(11, bytes_of(bodies[i])));

        assert_int_equal(heard->sights, NET_TLS_CERTIFICATE | NET_TLS_MALFORMED);
        assert_null(heard->seen.certificate);
    }
}

static void reads_the_first_certificate_of_a_chain_that_was_cut(void **state)
{
    g_autoptr(GBytes) der = issue_one();
    g_autoptr(Bytes) message = tls_certificates(issue_der(der), 3);
    size_t leaf = NET_TLS_MESSAGE_HEADER + 3 + 3 + issue_der(der).len;
    g_autoptr(Heard) enough = hear_part(str_first(tls_str(message), leaf + 10), false);
    g_autoptr(Heard) too_little = hear_part(str_first(tls_str(message), leaf - 1), false);

    assert_int_equal(enough->sights, NET_TLS_CERTIFICATE);
    assert_int_equal(enough->seen.n_certificates, 1);
    assert_str_equal(enough->seen.certificate->subject, "sip.example.com");
    assert_int_equal(too_little->sights, NET_TLS_CERTIFICATE);
    assert_null(too_little->seen.certificate);
    assert_int_equal(too_little->seen.certificate_len, issue_der(der).len);
}

static void tells_that_the_server_asks_for_a_certificate(void **state)
{
    g_autoptr(Heard) heard = hear(tls_message(13, bytes_of(STR("\1\1\0\0\0\0"))));

    assert_int_equal(heard->sights, NET_TLS_CERTIFICATE_REQUEST);
}

/* --- any message -------------------------------------------------------------- */

static void passes_over_the_other_messages(void **state)
{
    for (unsigned type = 0; type < 256; type++) {
        if (type == 1 || type == 2 || type == 11 || type == 13)
            continue;

        g_autoptr(Heard) heard = hear(tls_message(type, bytes_of(STR("\3\3 whatever"))));

        assert_int_equal(heard->sights, 0);
    }
}

static void knows_a_message_from_noise(void **state)
{
    assert_true(net_tls_handshake_is_plausible(STR("\x01\0\2\0")));
    assert_true(net_tls_handshake_is_plausible(STR("\x0b\0\xff\xff")));
    assert_false(net_tls_handshake_is_plausible(STR("\x0b\1\0\0")));
    assert_false(net_tls_handshake_is_plausible(STR("\x7f\0\2\0")));
    assert_false(net_tls_handshake_is_plausible(STR("\x09\0\2\0")));
}

static void assert_survives(Bytes *message)
{
    Str whole = tls_str(message);

    for (size_t len = NET_TLS_MESSAGE_HEADER; len < whole.len; len++) {
        g_autoptr(Heard) cut = hear_part(str_first(whole, len), false);
        g_autoptr(Heard) lying = hear_part(str_first(whole, len), true);

        assert_int_equal(cut->sights & NET_TLS_MALFORMED, 0);
        assert_int_equal(lying->sights & ~(uint32_t)NET_TLS_MALFORMED, cut->sights);
    }

    g_autoptr(Heard) all = hear(message);

    assert_int_equal(all->sights & NET_TLS_MALFORMED, 0);
}

static void survives_any_cut(void **state)
{
    g_autoptr(GBytes) der = issue_one();
    Bytes *extensions = tls_server_name(STR("sip.example.com"));

    tls_put_extension(extensions, 16, bytes_of(STR("\0\x0f\5sip/2\x08http/1.1")));
    tls_put_extension(extensions, 43, bytes_of(STR("\x04\x03\x04\x03\x03")));
    assert_survives(tls_client_hello(extensions));
    assert_survives(tls_server_hello(STR_NONE, tls_chooses(NET_TLS_13)));
    assert_survives(tls_certificates(issue_der(der), 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_an_old_phone_offers),
        cmocka_unit_test(reads_the_name_of_the_server),
        cmocka_unit_test(keeps_a_nul_in_the_name_of_the_server),
        cmocka_unit_test(takes_no_name_that_is_too_long),
        cmocka_unit_test(reads_the_versions_without_the_noise),
        cmocka_unit_test(reads_the_protocols),
        cmocka_unit_test(takes_the_first_of_two_extensions),
        cmocka_unit_test(finds_the_name_behind_very_many_extensions),
        cmocka_unit_test(marks_lengths_that_lie),
        cmocka_unit_test(leaves_alone_what_is_no_hello),
        cmocka_unit_test(believes_the_first_hello),
        cmocka_unit_test(reads_what_the_server_chooses),
        cmocka_unit_test(tells_a_server_that_wants_another_hello),
        cmocka_unit_test(reads_the_first_certificate_and_counts_the_rest),
        cmocka_unit_test(tells_a_client_without_a_certificate),
        cmocka_unit_test(does_without_a_certificate_it_cannot_read),
        cmocka_unit_test(marks_a_list_that_does_not_fit),
        cmocka_unit_test(reads_the_first_certificate_of_a_chain_that_was_cut),
        cmocka_unit_test(tells_that_the_server_asks_for_a_certificate),
        cmocka_unit_test(passes_over_the_other_messages),
        cmocka_unit_test(knows_a_message_from_noise),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
