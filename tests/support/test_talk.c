/*
 * What hosts of a scenario say, as the program's own parser reads it, and
 * digests as another library computes them.
 */

#include "support/talk.h"

#include <openssl/evp.h>

#include "sip/value.h"
#include "support/check.h"
#include "support/seen.h"

static void assert_endpoint(const NetEndpoint *endpoint, const char *text)
{
    char actual[NET_ENDPOINT_TEXT];

    assert_string_equal(net_endpoint_to_text(endpoint, actual), text);
}

static void a_registration_is_four_messages_without_a_fault(void **state)
{
    static const unsigned statuses[] = { 0, 401, 0, 200 };
    g_autoptr(Seen) seen = seen_new("at 0 phone -> server registration\n");

    assert_int_equal(seen->messages->len, 4);
    for (unsigned i = 0; i < 4; i++) {
        const SipMessage *m = seen_message(seen, i);

        assert_int_equal(m->anomalies, 0);
        assert_int_equal(m->method, SIP_METHOD_REGISTER);
        assert_int_equal(m->status, statuses[i]);
        assert_int_equal(m->cseq, 1 + i / 2);
        assert_true(str_equal(m->call_id, seen_message(seen, 0)->call_id));
        assert_true(str_equal(m->branch, seen_message(seen, i / 2 * 2)->branch));
    }
    assert_false(str_equal(seen_message(seen, 0)->branch, seen_message(seen, 2)->branch));
    assert_str_equal(seen_message(seen, 2)->request_uri, "sip:example.com");
    assert_str_equal(sip_message_first(seen_message(seen, 3), SIP_HEADER_CONTACT),
                     "<sip:alice@192.168.1.10:5060>;expires=3600");
    assert_true(seen_message(seen, 0)->meta.time == 1769860800 * NSEC_SEC);
}

static void an_answer_says_where_the_request_came_from(void **state)
{
    g_autoptr(Seen) seen = seen_new("phone 192.168.1.10 public-port=1234\n"
                                    "at 0 phone -> server REGISTER\n"
                                    "at 1 server -> phone 401\n");
    SipVia asked = sip_message_via(seen_message(seen, 0));
    SipVia answered = sip_message_via(seen_message(seen, 1));

    assert_true(asked.rport_asked);
    assert_str_equal(asked.host, "192.168.1.10");
    assert_str_equal(answered.host, "192.168.1.10");
    assert_str_equal(answered.received, "203.0.113.2");
    assert_int_equal(answered.rport, 1234);
}

/* "a:b:c" in hexadecimal digits of its hash; static text is enough for a test. */
static char *hash_of(const EVP_MD *algorithm, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    GString *hex = g_string_new(NULL);

    assert_int_equal(EVP_Digest(text, strlen(text), digest, &len, algorithm, NULL), 1);
    for (unsigned i = 0; i < len; i++)
        g_string_append_printf(hex, "%02x", digest[i]);
    return g_string_free(hex, FALSE);
}

static void assert_digest(const SipMessage *request, const EVP_MD *algorithm, const char *password)
{
    SipAuth auth = sip_auth_parse(sip_message_first(request, SIP_HEADER_AUTHORIZATION));
    g_autofree char *a1 =
        g_strdup_printf("%.*s:%.*s:%s", STR_ARG(auth.username), STR_ARG(auth.realm), password);
    g_autofree char *a2 = g_strdup_printf("REGISTER:%.*s", STR_ARG(auth.uri));
    g_autofree char *ha1 = hash_of(algorithm, a1);
    g_autofree char *ha2 = hash_of(algorithm, a2);
    g_autofree char *middle = str_present(auth.qop)
                                  ? g_strdup_printf(":%.*s:%.*s:%.*s", STR_ARG(auth.nc),
                                                    STR_ARG(auth.cnonce), STR_ARG(auth.qop))
                                  : g_strdup("");
    g_autofree char *all = g_strdup_printf("%s:%.*s%s:%s", ha1, STR_ARG(auth.nonce), middle, ha2);
    g_autofree char *expected = hash_of(algorithm, all);

    assert_true(auth.ok);
    assert_true(str_equal(auth.response, str_of(expected)));
}

static void credentials_answer_the_challenge(void **state)
{
    static const struct {
        const char *challenge;
        const char *qop;
        bool sha;
    } challenges[] = {
        { "", "auth", false },
        { "algorithm=SHA-256 qop=auth,auth-int", "auth", true },
        { "qop=none realm=\"other place\" nonce=abc", NULL, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(challenges); i++) {
        g_autofree char *text =
            g_strdup_printf("phone password=\"pass word\" auth-user=al\n"
                            "at 0 phone -> server REGISTER\n"
                            "at 1 server -> phone 401 %s\n"
                            "at 2 phone -> server REGISTER auth\n"
                            "at 3 phone -> server REGISTER auth password=other\n",
                            challenges[i].challenge);
        g_autoptr(Seen) seen = seen_new(text);
        SipAuth asked =
            sip_auth_parse(sip_message_first(seen_message(seen, 1), SIP_HEADER_WWW_AUTHENTICATE));
        SipAuth first =
            sip_auth_parse(sip_message_first(seen_message(seen, 2), SIP_HEADER_AUTHORIZATION));
        SipAuth second =
            sip_auth_parse(sip_message_first(seen_message(seen, 3), SIP_HEADER_AUTHORIZATION));
        const EVP_MD *algorithm = challenges[i].sha ? EVP_sha256() : EVP_md5();

        assert_digest(seen_message(seen, 2), algorithm, "pass word");
        assert_digest(seen_message(seen, 3), algorithm, "other");
        assert_true(str_equal(first.nonce, asked.nonce));
        assert_true(str_equal(first.realm, asked.realm));
        assert_str_equal(first.username, "al");
        assert_true(str_equal(first.qop, str_of(challenges[i].qop)));
        if (challenges[i].qop != NULL)
            assert_str_equal(second.nc, "00000002");
    }
}

/* RFC 3261 section 22.3. */
static void behind_a_proxy_both_challenges_are_answered(void **state)
{
    g_autoptr(Seen) seen = seen_new("at 0   phone -> server REGISTER\n"
                                    "at 0.1 server -> phone 407 realm=proxy\n"
                                    "at 0.2 phone -> server REGISTER auth\n"
                                    "at 0.3 server -> phone 401 algorithm=none\n"
                                    "at 0.4 phone -> server REGISTER auth both algorithm=none\n");
    const SipMessage *first = seen_message(seen, 2);
    const SipMessage *second = seen_message(seen, 4);
    SipAuth proxy = sip_auth_parse(sip_message_first(second, SIP_HEADER_PROXY_AUTHORIZATION));
    SipAuth registrar = sip_auth_parse(sip_message_first(second, SIP_HEADER_AUTHORIZATION));

    assert_null(sip_message_header(first, SIP_HEADER_AUTHORIZATION, 0));
    assert_true(str_equal(proxy.realm, STR("proxy")));
    assert_true(str_equal(proxy.nc, STR("00000002")));
    assert_true(str_equal(registrar.realm, STR("example.com")));
    assert_true(str_equal(registrar.nc, STR("00000001")));
    assert_false(str_present(registrar.algorithm));
    assert_digest(second, EVP_md5(), "secret");
}

static void a_sim_may_ask_for_another_challenge(void **state)
{
    g_autoptr(Seen) seen =
        seen_new("at 0   phone -> server REGISTER\n"
                 "at 0.1 server -> phone 401 algorithm=AKAv1-MD5\n"
                 "at 0.2 phone -> server REGISTER auth response=\"\" auts=5PYxAuragVAAAA\n");
    SipAuth auth =
        sip_auth_parse(sip_message_first(seen_message(seen, 2), SIP_HEADER_AUTHORIZATION));

    assert_true(str_equal(auth.auts, STR("5PYxAuragVAAAA")));
    assert_int_equal(auth.response.len, 0);
}

static void a_challenge_that_is_lost_teaches_nothing(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(scenario_new("at 0 phone -> server REGISTER\n"
                             "at 1 server -> phone 401 lost\n"
                             "at 2 phone -> server REGISTER auth\n",
                             &error));
    assert_string_equal(error->message, "line 3: phone has no challenge to answer");
}

static void a_reboot_forgets_and_begins_a_new_call_id(void **state)
{
    g_autoptr(Seen) seen = seen_new("at 0 phone -> server registration\n"
                                    "at 10 reboot phone\n"
                                    "at 20 phone -> server registration\n");

    assert_int_equal(seen_message(seen, 4)->cseq, 1);
    assert_false(str_equal(seen_message(seen, 0)->call_id, seen_message(seen, 4)->call_id));
    assert_false(str_equal(seen_message(seen, 0)->from_tag, seen_message(seen, 4)->from_tag));
}

static void a_line_can_bend_any_header(void **state)
{
    g_autoptr(Seen) seen =
        seen_new("at 0 phone -> server REGISTER uri=sip:alice@example.com "
                 "contact=* expires=0 cseq=77 branch=z9hG4bKx from-tag=\"a b\" "
                 "header=\"User-Agent: Bent\" add=\"X-More: 1\" add=\"X-More: 2\" "
                 "drop=Max-Forwards replace=\"X-More: 2=>X-Less: 2\" body=hello\n"
                 "at 1 server -> phone 423 min-expires=600 reason=\"No, later\"\n");
    const SipMessage *request = seen_message(seen, 0);
    const SipMessage *answer = seen_message(seen, 1);

    assert_str_equal(request->request_uri, "sip:alice@example.com");
    assert_str_equal(sip_message_first(request, SIP_HEADER_CONTACT), "*");
    assert_str_equal(sip_message_first(request, SIP_HEADER_EXPIRES), "0");
    assert_str_equal(sip_message_first(request, SIP_HEADER_USER_AGENT), "Bent");
    assert_false(str_present(sip_message_first(request, SIP_HEADER_MAX_FORWARDS)));
    assert_true(str_contains_nocase(request->raw, STR("\r\nX-More: 1\r\nX-Less: 2\r\n")));
    assert_str_equal(request->body, "hello");
    assert_int_equal(request->cseq, 77);
    assert_str_equal(request->branch, "z9hG4bKx");
    assert_str_equal(answer->reason, "No, later");
    assert_str_equal(sip_message_first(answer, SIP_HEADER_MIN_EXPIRES), "600");
    assert_int_equal(answer->cseq, 77);
}

static void the_server_can_ask_the_phone(void **state)
{
    g_autoptr(Seen) seen = seen_new("vantage server\n"
                                    "at 0 server -> phone INVITE\n"
                                    "at 1 phone -> server 486\n"
                                    "at 2 server -> phone ACK\n");
    const SipMessage *invite = seen_message(seen, 0);

    assert_str_equal(invite->request_uri, "sip:alice@192.168.1.10:5060");
    assert_endpoint(&invite->meta.flow.dst, "203.0.113.2:40001");
    assert_int_equal(seen_message(seen, 1)->status, 486);
    assert_true(str_equal(seen_message(seen, 2)->branch, invite->branch));
    assert_int_equal(seen_message(seen, 2)->cseq, invite->cseq);
}

static void a_proxy_passes_on_requests_and_answers(void **state)
{
    g_autoptr(Seen) seen = seen_new("vantage middle\n"
                                    "server proxy 198.51.100.20\n"
                                    "at 0 phone -> proxy REGISTER\n"
                                    "at 0.1 proxy -> server forward add=\"Path: <sip:p;lr>\"\n"
                                    "at 0.2 server -> proxy 401\n"
                                    "at 0.3 proxy -> phone forward\n"
                                    "at 0.4 phone -> proxy REGISTER auth\n");
    const SipMessage *passed = seen_message(seen, 1);

    assert_int_equal(sip_message_via_count(passed), 2);
    assert_int_equal(sip_message_via_count(seen_message(seen, 2)), 2);
    assert_int_equal(sip_message_via_count(seen_message(seen, 3)), 1);
    assert_str_equal(sip_message_via(passed).host, "198.51.100.20");
    assert_str_equal(sip_message_first(passed, SIP_HEADER_MAX_FORWARDS), "69");
    assert_str_equal(sip_message_first(passed, SIP_HEADER_PATH), "<sip:p;lr>");
    assert_str_equal(sip_message_via(seen_message(seen, 3)).received, "203.0.113.2");
    assert_true(str_equal(seen_message(seen, 0)->branch, seen_message(seen, 3)->branch));
    assert_true(str_present(sip_message_first(seen_message(seen, 4), SIP_HEADER_AUTHORIZATION)));
    assert_int_equal(seen_message(seen, 3)->anomalies, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registration_is_four_messages_without_a_fault),
        cmocka_unit_test(an_answer_says_where_the_request_came_from),
        cmocka_unit_test(credentials_answer_the_challenge),
        cmocka_unit_test(behind_a_proxy_both_challenges_are_answered),
        cmocka_unit_test(a_sim_may_ask_for_another_challenge),
        cmocka_unit_test(a_challenge_that_is_lost_teaches_nothing),
        cmocka_unit_test(a_reboot_forgets_and_begins_a_new_call_id),
        cmocka_unit_test(a_line_can_bend_any_header),
        cmocka_unit_test(the_server_can_ask_the_phone),
        cmocka_unit_test(a_proxy_passes_on_requests_and_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
