/*
 * What refusals are about, by words that registrars have been seen to use.
 */

#include "rules/words.h"

#include "support/check.h"

static void assert_about(WordsTopic topic, const char *text)
{
    if (!words_are_about(str_of(text), topic))
        fail_msg("not taken for it: %s", text);
}

static void assert_not_about(WordsTopic topic, const char *text)
{
    if (words_are_about(str_of(text), topic))
        fail_msg("taken for it: %s", text);
}

static void knows_refusals_of_the_domain(void **state)
{
    assert_about(WORDS_DOMAIN, "Domain forbidden");
    assert_about(WORDS_DOMAIN, "unknown domain");
    assert_about(WORDS_DOMAIN, "Domain not served here");
    assert_about(WORDS_DOMAIN, "Relaying denied");
    assert_about(WORDS_DOMAIN, "Not relaying");
    assert_about(WORDS_DOMAIN, "DOMAIN NOT ALLOWED");
    assert_about(WORDS_DOMAIN, "Domain not authorized");
    assert_about(WORDS_DOMAIN, "Domain unbekannt");
    assert_about(WORDS_DOMAIN, "Unbekannte Dom\303\244ne");
    assert_about(WORDS_DOMAIN, "ung\374ltige Dom\344ne");
}

static void knows_what_is_not_about_the_domain(void **state)
{
    assert_not_about(WORDS_DOMAIN, "Forbidden");
    assert_not_about(WORDS_DOMAIN, "User not found in domain");
    assert_not_about(WORDS_DOMAIN, "Benutzer in dieser Domain unbekannt");
    assert_not_about(WORDS_DOMAIN, "Domain limit exceeded, not accepted");
    assert_not_about(WORDS_DOMAIN, "Subdomain forbidden, ask the domain's owner"
                                   " about your account");
}

static void knows_refusals_of_the_contact(void **state)
{
    assert_about(WORDS_CONTACT, "Contact/received too long");
    assert_about(WORDS_CONTACT, "Contact parse error");
    assert_about(WORDS_CONTACT, "Invalid q param in contact");
    assert_about(WORDS_CONTACT, "Contact user must match the account");
    assert_about(WORDS_CONTACT, "Kontakt ung\303\274ltig");
}

static void knows_what_is_not_about_the_contact(void **state)
{
    assert_not_about(WORDS_CONTACT, "Forbidden");
    assert_not_about(WORDS_CONTACT, "Not allowed, please contact your administrator");
    assert_not_about(WORDS_CONTACT, "Unknown account. Contact support");
    assert_not_about(WORDS_CONTACT, "Too many contacts, not accepted");
    assert_not_about(WORDS_CONTACT, "Nicht erlaubt, bitte Kontakt aufnehmen");
}

static void knows_limits_of_devices(void **state)
{
    assert_about(WORDS_CONTACTS, "Too many registered contacts");
    assert_about(WORDS_CONTACTS, "Too Many Contacts");
    assert_about(WORDS_CONTACTS, "Maximum number of bindings");
    assert_about(WORDS_CONTACTS, "Device limit reached");
    assert_about(WORDS_CONTACTS, "zu viele Registrierungen");
    assert_about(WORDS_CONTACTS, "H\303\266chstzahl der Ger\303\244te");
}

static void knows_limits_of_something_else(void **state)
{
    assert_not_about(WORDS_CONTACTS, "Maximum Calls In Progress");
    assert_not_about(WORDS_CONTACTS, "Too many registration attempts");
    assert_not_about(WORDS_CONTACTS, "Registration interval exceeds maximum");
    assert_not_about(WORDS_CONTACTS, "Contact/received too long, limit 255");
    assert_not_about(WORDS_CONTACTS, "Service Unavailable");
}

static void knows_words_about_the_order(void **state)
{
    assert_about(WORDS_CSEQ, "Invalid CSeq number");
    assert_about(WORDS_CSEQ, "Out of order request");
    assert_not_about(WORDS_CSEQ, "Server Internal Error");
}

/* "ban" is not in "urban". */
static void looks_at_the_beginnings_of_words(void **state)
{
    assert_not_about(WORDS_CSEQ, "xcseq");
    assert_about(WORDS_CSEQ, "(CSeq)");
}

static SipMessage *answer_of(const char *reason, const char *headers, const char *body)
{
    NetMeta meta = { .ref.frame = 1 };
    g_autofree char *text = g_strdup_printf(
        "SIP/2.0 403 %s\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
        "To: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n%sContent-Length: %zu\r\n\r\n%s",
        reason, headers, strlen(body), body);

    return sip_message_parse(&meta, str_of(text), 0);
}

static void assert_found(const SipMessage *answer, WordsTopic topic, const char *text)
{
    assert_true(str_equal(words_find(answer, topic), str_of(text)));
}

static void finds_them_wherever_they_stand(void **state)
{
    g_autoptr(SipMessage) reason = answer_of("Domain forbidden", "", "");
    g_autoptr(SipMessage) header =
        answer_of("Forbidden", "P-Registrar-Error: Contact/received too long\r\n", "");
    g_autoptr(SipMessage) warning =
        answer_of("Forbidden", "Warning: 399 gw.example.com \"Unknown domain\"\r\n", "");
    g_autoptr(SipMessage) cause =
        answer_of("Forbidden", "Reason: SIP;cause=403;text=\"too many bindings\"\r\n", "");
    g_autoptr(SipMessage) body = answer_of("Forbidden", "", "CSeq out of order\r\nmore\r\n");

    assert_found(reason, WORDS_DOMAIN, "Domain forbidden");
    assert_found(header, WORDS_CONTACT, "Contact/received too long");
    assert_found(warning, WORDS_DOMAIN, "Unknown domain");
    assert_true(str_present(words_find(cause, WORDS_CONTACTS)));
    assert_found(body, WORDS_CSEQ, "CSeq out of order");
    assert_false(str_present(words_find(reason, WORDS_CONTACT)));
}

/* It quotes the request, and a request may hold any word. */
static void does_not_read_the_protocol_in_a_warning(void **state)
{
    g_autoptr(SipMessage) answer = answer_of(
        "Forbidden",
        "Warning: 392 192.0.2.9:5060 \"Noisy feedback tells: in_uri=sip:unknown.domain not\"\r\n",
        "");

    assert_false(str_present(words_find(answer, WORDS_DOMAIN)));
}

static void survives_any_cut(void **state)
{
    static const char text[] = "Too many registered contacts, unknown domain, \303\274berschritten";

    for (size_t len = 0; len < sizeof(text); len++) {
        g_autofree char *block = g_memdup2(text, MAX(len, 1));

        for (WordsTopic topic = WORDS_DOMAIN; topic <= WORDS_CSEQ; topic++)
            words_are_about((Str){ block, len }, topic);
    }
    assert_false(words_are_about(STR_NONE, WORDS_DOMAIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_refusals_of_the_domain),
        cmocka_unit_test(knows_what_is_not_about_the_domain),
        cmocka_unit_test(knows_refusals_of_the_contact),
        cmocka_unit_test(knows_what_is_not_about_the_contact),
        cmocka_unit_test(knows_limits_of_devices),
        cmocka_unit_test(knows_limits_of_something_else),
        cmocka_unit_test(knows_words_about_the_order),
        cmocka_unit_test(looks_at_the_beginnings_of_words),
        cmocka_unit_test(finds_them_wherever_they_stand),
        cmocka_unit_test(does_not_read_the_protocol_in_a_warning),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
