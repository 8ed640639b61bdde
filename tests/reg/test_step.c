/*
 * What one REGISTER asked for and what its answer granted.
 */

#include "reg/step.h"

#include "words.h"

static RegStep step_of(Ask ask, unsigned status, const char *headers)
{
    SipMessage *answer = status != 0 ? answer_of(ask, status, headers) : NULL;
    g_autoptr(SipTxn) txn = txn_of(request_of(ask), answer);
    RegStep step = step_new(txn);

    if (answer != NULL)
        step_take_answer(&step, answer);
    step_clear(&step);
    return step;
}

#define OWN "<sip:alice@192.168.1.10:5060>"

static void a_contact_is_asked_for_as_long_as_it_or_expires_says(void **state)
{
    assert_int_equal(step_of((Ask){ .more = "Expires: 600\r\n" }, 0, "").asked, 600);
    assert_int_equal(
        step_of((Ask){ .contact = OWN ";expires=120", .more = "Expires: 600\r\n" }, 0, "").asked,
        120);
    assert_int_equal(step_of((Ask){ .contact = OWN ";expires=\"90\"" }, 0, "").asked, 90);
    assert_int_equal(step_of((Ask){ 0 }, 0, "").asked, REG_EXPIRES_NONE);
    assert_int_equal(step_of((Ask){ .contact = OWN ";expires=soon" }, 0, "").asked,
                     REG_EXPIRES_NONE);
}

static void the_longest_time_is_not_taken_for_none(void **state)
{
    RegStep step = step_of((Ask){ .more = "Expires: 4294967295\r\n" }, 200,
                           "Expires: 99999999999999999999\r\n");

    assert_int_equal(step.asked, UINT32_MAX - 1);
    assert_int_equal(step.granted, UINT32_MAX - 1);
    step = step_of((Ask){ 0 }, 423, "Min-Expires: 4294967295\r\n");
    assert_int_equal(step.min_expires, UINT32_MAX - 1);
}

/* RFC 3261 section 10.2.1.1: what is malformed counts as 3600, so that is what is granted. */
static void what_is_no_time_asks_for_none(void **state)
{
    static const char *const words[] = {
        "", "-1", "+1", "1.5", "0x10", "1e3", "Thu 01 Dec 2027 16:00:00 GMT",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *line = g_strdup_printf("Expires: %s\r\n", words[i]);
        g_autofree char *contact = g_strdup_printf(OWN ";expires=%s", words[i]);

        assert_int_equal(step_of((Ask){ .more = line }, 0, "").asked, REG_EXPIRES_NONE);
        assert_int_equal(step_of((Ask){ .contact = contact }, 0, "").asked, REG_EXPIRES_NONE);
        assert_int_equal(step_of((Ask){ 0 }, 200, line).granted, 3600);
    }
    assert_int_equal(step_of((Ask){ .more = "Expires: 0000000000060\r\n" }, 0, "").asked, 60);
}

static void removals_and_queries_are_told_apart(void **state)
{
    RegStep removal = step_of((Ask){ .contact = OWN ";expires=0" }, 0, "");
    RegStep star = step_of((Ask){ .contact = "*", .more = "Expires: 0\r\n" }, 0, "");
    RegStep query = step_of((Ask){ .contact = "" }, 0, "");
    RegStep exchange =
        step_of((Ask){ .contact = "<sip:alice@192.0.2.1>;expires=0, " OWN ";expires=60" }, 0, "");

    assert_true(removal.removes && !removal.removes_all && !removal.queries);
    assert_int_equal(removal.asked, 0);
    assert_true(star.removes && star.removes_all && !star.queries);
    assert_true(query.queries && !query.removes);
    assert_false(exchange.removes || exchange.removes_all);
    assert_int_equal(exchange.asked, 60);
}

static void the_own_contact_is_what_was_granted(void **state)
{
    RegStep step = step_of((Ask){ .more = "Expires: 600\r\n" }, 200,
                           "Contact: <sip:alice@203.0.113.9>;expires=3600\r\n"
                           "Contact: " OWN ";expires=55\r\n");

    assert_true(step.own_contact_listed);
    assert_int_equal(step.granted, 55);
}

static void a_rewritten_contact_counts_when_it_is_the_only_one_of_that_user(void **state)
{
    RegStep one = step_of((Ask){ 0 }, 200, "Contact: <sip:alice@203.0.113.9>;expires=50\r\n");
    RegStep two = step_of((Ask){ .more = "Expires: 600\r\n" }, 200,
                          "Contact: <sip:alice@203.0.113.9>;expires=50\r\n"
                          "Contact: <sip:alice@203.0.113.8>;expires=40\r\n");

    assert_false(one.own_contact_listed);
    assert_int_equal(one.granted, 50);
    assert_false(two.own_contact_listed);
    assert_int_equal(two.granted, 600);
}

static void of_very_many_bindings_the_first_are_read(void **state)
{
    g_autoptr(GString) headers = g_string_new("Contact: <sip:bob@198.18.0.1>");

    for (unsigned i = 1; i < 300; i++) {
        if (i == 255 || i == 257)
            g_string_append(headers, i == 255 ? "," OWN ";expires=55" : "," OWN ";expires=66");
        else
            g_string_append_printf(headers, ",<sip:bob@198.18.0.1:%u>", i);
    }
    g_string_append(headers, "\r\n");

    RegStep step = step_of((Ask){ 0 }, 200, headers->str);

    assert_true(step.own_contact_listed);
    assert_int_equal(step.granted, 55);
}

static void without_a_contact_in_the_answer_expires_counts_then_what_was_asked(void **state)
{
    assert_int_equal(step_of((Ask){ .more = "Expires: 600\r\n" }, 200, "Expires: 60\r\n").granted,
                     60);
    assert_int_equal(step_of((Ask){ .more = "Expires: 600\r\n" }, 200, "").granted, 600);
    assert_int_equal(step_of((Ask){ 0 }, 200, "").granted, 3600);
    assert_int_equal(step_of((Ask){ .contact = "" }, 200, "Expires: 60\r\n").granted,
                     REG_EXPIRES_NONE);
    assert_int_equal(step_of((Ask){ .contact = "*" }, 200, "Expires: 60\r\n").granted,
                     REG_EXPIRES_NONE);
}

static void an_answer_tells_how_it_challenges(void **state)
{
    RegStep fresh =
        step_of((Ask){ 0 }, 401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n");
    RegStep stale = step_of((Ask){ 0 }, 407,
                            "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=TRUE\r\n");
    RegStep empty = step_of((Ask){ 0 }, 401, "WWW-Authenticate: Digest realm=\"r\"\r\n");

    assert_true(fresh.challenged && !fresh.stale);
    assert_true(stale.challenged && stale.stale);
    assert_false(empty.challenged);
}

static unsigned credentials_in(const SipMessage *request)
{
    RegStep step = { 0 };

    step_take_request(&step, request);
    return step.n_credentials;
}

static void credentials_without_a_response_are_none(void **state)
{
    const char *names = "Authorization: Digest username=\"a\", nonce=\"\", response=\"\"\r\n";
    g_autoptr(SipMessage) ims = request_of((Ask){ .more = names });
    g_autoptr(SipMessage) plain = request_of((Ask){ 0 });
    g_autoptr(SipMessage) full = request_of((Ask){ .nonce = "n" });
    g_autoptr(SipMessage) resync =
        request_of((Ask){ .more = "Authorization: Digest nonce=\"n\", auts=\"x\"\r\n" });

    assert_int_equal(credentials_in(ims), 0);
    assert_int_equal(credentials_in(plain), 0);
    assert_int_equal(credentials_in(full), 1);
    assert_int_equal(credentials_in(resync), 1);
}

static void credentials_for_the_registrar_come_before_those_for_a_proxy(void **state)
{
    const char *proxy = "Proxy-Authorization: Digest nonce=\"p\", response=\"1\"\r\n";
    g_autoptr(SipMessage) request = request_of((Ask){ .nonce = "n", .more = proxy });
    SipTxn txn = { .request = request };
    RegStep step = { .sightings = { &txn }, .n_sightings = 1 };
    SipAuth auth;

    step_take_request(&step, request);
    assert_true(step_credentials(&step, 0, &auth));
    assert_str_equal(auth.nonce, "n");
    assert_true(step_credentials(&step, 1, &auth));
    assert_str_equal(auth.nonce, "p");
    assert_false(step_credentials(&step, 2, &auth));
}

/* Of very many sets the first count, and those of other schemes are none of a digest. */
static void of_very_many_credentials_the_first_are_read(void **state)
{
    static const char *const schemes[] = {
        "Basic YWxpY2U6c2VjcmV0", "Bearer abc", "NTLM qop=\"auth\"", "", "Digest",
        "Digest username",
    };
    g_autoptr(GString) headers = g_string_new(NULL);

    for (unsigned i = 0; i < 140; i++) {
        if (i % 2 == 0)
            g_string_append_printf(headers, "Authorization: %s\r\n",
                                   schemes[i / 2 % G_N_ELEMENTS(schemes)]);
        else
            g_string_append_printf(headers,
                                   "Authorization: Digest nonce=\"%u\", response=\"1\"\r\n", i);
    }

    g_autoptr(SipMessage) request = request_of((Ask){ .more = headers->str });
    SipTxn txn = { .request = request };
    RegStep step = { .sightings = { &txn }, .n_sightings = 1 };
    SipAuth auth;

    step_take_request(&step, request);
    assert_int_equal(step.n_credentials, 8);
    for (unsigned i = 0; i < 8; i++) {
        assert_true(step_credentials(&step, i, &auth));
        assert_str_equal(auth.scheme, "Digest");
    }
    assert_str_equal(auth.nonce, "15");
    assert_false(step_credentials(&step, 8, &auth));
}

static void the_next_nonce_is_read(void **state)
{
    g_autoptr(SipMessage) answer = answer_of(
        (Ask){ 0 }, 200, "Authentication-Info: qop=auth, NextNonce = \"n2\", nc=00000001\r\n");
    g_autoptr(SipMessage) empty =
        answer_of((Ask){ 0 }, 200, "Authentication-Info: nextnonce=\"\"\r\n");
    Str nonce = STR_NONE;

    assert_true(step_next_nonce(answer, &nonce));
    assert_str_equal(nonce, "n2");
    assert_false(step_next_nonce(empty, &nonce));
}

/* Adds it to a step of 'first'; false: it is none of its sightings. */
static bool is_seen_again(SipTxn *first, SipTxn *again)
{
    RegStep step = step_new(first);
    bool seen = step_is_sighting(&step, again);

    step_clear(&step);
    sip_txn_unref(first);
    sip_txn_unref(again);
    return seen;
}

#define OUTSIDE .from = "203.0.113.2:1024"

static void the_same_request_between_other_hosts_is_a_sighting(void **state)
{
    assert_true(is_seen_again(txn_of(request_of((Ask){ 0 }), NULL),
                              txn_of(request_of((Ask){ OUTSIDE }), NULL)));
    assert_false(
        is_seen_again(txn_of(request_of((Ask){ 0 }), NULL), txn_of(request_of((Ask){ 0 }), NULL)));
    assert_false(is_seen_again(txn_of(request_of((Ask){ 0 }), NULL),
                               txn_of(request_of((Ask){ OUTSIDE, .cseq = 2 }), NULL)));
    assert_false(is_seen_again(txn_of(request_of((Ask){ 0 }), NULL),
                               txn_of(request_of((Ask){ OUTSIDE, .tag = "other" }), NULL)));
    assert_false(is_seen_again(txn_of(request_of((Ask){ 0 }), NULL),
                               txn_of(request_of((Ask){ OUTSIDE, .nonce = "n" }), NULL)));
}

static void an_answer_alone_is_a_sighting_of_its_request(void **state)
{
    assert_true(is_seen_again(txn_of(request_of((Ask){ .nonce = "n" }), NULL),
                              txn_of(NULL, answer_of((Ask){ OUTSIDE }, 200, ""))));
    assert_true(is_seen_again(txn_of(NULL, answer_of((Ask){ OUTSIDE }, 200, "")),
                              txn_of(request_of((Ask){ .nonce = "n" }), NULL)));
    assert_false(is_seen_again(txn_of(request_of((Ask){ 0 }), NULL),
                               txn_of(NULL, answer_of((Ask){ OUTSIDE, .cseq = 2 }, 200, ""))));
}

static void sightings_stand_from_the_phone_to_the_server(void **state)
{
    g_autoptr(SipTxn) lone = txn_of(NULL, answer_of((Ask){ .from = "203.0.113.4:5060" }, 200, ""));
    g_autoptr(SipTxn) proxy =
        txn_of(request_of((Ask){ .from = "203.0.113.5:5060", .via = "203.0.113.5" }), NULL);
    g_autoptr(SipTxn) outside = txn_of(request_of((Ask){ OUTSIDE }), NULL);
    g_autoptr(SipTxn) inside = txn_of(request_of((Ask){ 0 }), NULL);
    g_autoptr(SipTxn) fifth = txn_of(request_of((Ask){ .from = "203.0.113.6:5060" }), NULL);
    RegStep step = step_new(lone);

    assert_true(step_add_sighting(&step, proxy));
    assert_true(step_add_sighting(&step, outside));
    assert_true(step_add_sighting(&step, inside));
    assert_false(step_add_sighting(&step, fifth));
    assert_ptr_equal(step.sightings[0], inside);
    assert_ptr_equal(step.sightings[1], outside);
    assert_ptr_equal(step.sightings[2], proxy);
    assert_ptr_equal(step.sightings[3], lone);
    step_clear(&step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contact_is_asked_for_as_long_as_it_or_expires_says),
        cmocka_unit_test(the_longest_time_is_not_taken_for_none),
        cmocka_unit_test(what_is_no_time_asks_for_none),
        cmocka_unit_test(removals_and_queries_are_told_apart),
        cmocka_unit_test(the_own_contact_is_what_was_granted),
        cmocka_unit_test(a_rewritten_contact_counts_when_it_is_the_only_one_of_that_user),
        cmocka_unit_test(of_very_many_bindings_the_first_are_read),
        cmocka_unit_test(without_a_contact_in_the_answer_expires_counts_then_what_was_asked),
        cmocka_unit_test(an_answer_tells_how_it_challenges),
        cmocka_unit_test(credentials_without_a_response_are_none),
        cmocka_unit_test(credentials_for_the_registrar_come_before_those_for_a_proxy),
        cmocka_unit_test(of_very_many_credentials_the_first_are_read),
        cmocka_unit_test(the_next_nonce_is_read),
        cmocka_unit_test(the_same_request_between_other_hosts_is_a_sighting),
        cmocka_unit_test(an_answer_alone_is_a_sighting_of_its_request),
        cmocka_unit_test(sightings_stand_from_the_phone_to_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
