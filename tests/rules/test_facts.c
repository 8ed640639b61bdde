/*
 * What rules ask about a chain, asked of real ones: a rule of the test's own
 * looks at the chain of a scenario and says what it was told.
 */

#include "rules/facts.h"

#include "support/check.h"
#include "support/judge.h"

#define CHALLENGED                       \
    "at 0    phone -> server REGISTER\n" \
    "at 0.02 server -> phone 401\n"

/* "alice@example.com 2 requests, 0 rejections, refusal 0, challenged" ... */
static RuleVerdict tell_counts(const RegChain *chain, Finding *finding)
{
    const SipMessage *refusal = chain_refusal(chain);

    finding_say(finding, "%s: %u requests, %u rejections, refusal %u%s%s", chain_who(chain),
                chain_requests(chain), chain_rejections(chain), refusal ? refusal->status : 0,
                chain_was_challenged(chain) ? ", challenged" : "",
                chain_has_credentials(chain) ? ", credentials" : "");
    return RULE_FIRES;
}

static RuleVerdict tell_silence(const RegChain *chain, Finding *finding)
{
    char span[NSEC_TEXT];

    finding_say(finding, "%s, %s, %s", nsec_to_span(chain_silence(chain), span),
                finding_grade_name(chain_silence_grade(chain)),
                chain_silence_settle(chain, "as usual"));
    return RULE_FIRES;
}

static RuleVerdict tell_loss(const RegChain *chain, Finding *finding)
{
    finding_say(finding, "%s", chain_loss(chain) != NULL ? chain_loss(chain) : "no loss");
    return RULE_FIRES;
}

static RuleVerdict tell_end(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    g_autofree char *answer = step_answer_text(last);
    char server[NET_ENDPOINT_TEXT];

    finding_say(finding, "%s by %s, %s", answer, chain_server(chain, server),
                step_brought_credentials(last) ? "with credentials" : "without credentials");
    return RULE_FIRES;
}

/* Realm of the last answer, user name of the last request. */
static RuleVerdict tell_auth(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    SipAuth challenge = message_challenge(reg_step_answer(last));
    SipAuth credentials = message_credentials(reg_step_request(last));

    finding_say(finding, "realm '%.*s', user '%.*s'", STR_ARG(challenge.realm),
                STR_ARG(credentials.username));
    return RULE_FIRES;
}

static RuleVerdict cite_reasons(const RegChain *chain, Finding *finding)
{
    finding_say(finding, "%s", "reasons");
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, reg_step_answer(reg_chain_last_step(chain)));
    return RULE_FIRES;
}

static void assert_told(RuleVerdict (*tell)(const RegChain *chain, Finding *finding),
                        const char *scenario, const char *words)
{
    const Rule rule = { .id = "told", .vantage = REG_VANTAGE_ANY, .check_chain = tell };
    g_autoptr(Judgement) j = judge(scenario, &rule);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_string_equal(j->finding->summary, words);
}

static void counts_requests_with_their_copies(void **state)
{
    assert_told(tell_counts,
                "at 0   phone -> server REGISTER\n"
                "at 0.5 phone -> server copy\n"
                "at 1.5 phone -> server copy\n"
                "end 60\n",
                "alice@example.com: 3 requests, 0 rejections, refusal 0");
}

static void counts_what_was_seen_on_two_hops_once(void **state)
{
    assert_told(tell_counts,
                "at 0      phone -> server REGISTER\n"
                "at 0.0002 phone -> server copy src=203.0.113.2:18680\n"
                "at 0.02   server -> phone 200\n"
                "end 60\n",
                "alice@example.com: 1 requests, 0 rejections, refusal 0");
}

static void tells_a_challenge_from_a_rejection(void **state)
{
    assert_told(tell_counts, CHALLENGED "end 60\n",
                "alice@example.com: 1 requests, 0 rejections, refusal 0, challenged");
    assert_told(tell_counts,
                CHALLENGED "at 0.03 phone -> server REGISTER auth\n"
                           "at 0.05 server -> phone 401\n"
                           "end 60\n",
                "alice@example.com: 2 requests, 1 rejections, refusal 0, challenged, credentials");
}

static void tells_a_refusal_from_a_challenge(void **state)
{
    assert_told(tell_counts,
                "at 0    phone -> server REGISTER\n"
                "at 0.02 server -> phone 404\n"
                "end 60\n",
                "alice@example.com: 1 requests, 0 rejections, refusal 404");
    assert_told(tell_counts,
                CHALLENGED "at 0.03 phone -> server REGISTER auth\n"
                           "at 0.05 server -> phone 200\n"
                           "end 60\n",
                "alice@example.com: 2 requests, 0 rejections, refusal 0, challenged, credentials");
}

static void has_words_for_a_device_without_a_name(void **state)
{
    assert_told(tell_counts,
                "at 0    phone -> server REGISTER to=sip: from=sip:\n"
                "at 0.02 server -> phone 403\n"
                "end 60\n",
                "a device without a name: 1 requests, 0 rejections, refusal 403");
}

static void trusts_a_silence_only_when_the_phone_insisted(void **state)
{
    static const char hint[] = "60 s, weak, A capture of both directions: a phone without an "
                               "answer repeats its request, and this one did not.";

    assert_told(tell_silence, "at 0 phone -> server REGISTER\nend 60\n", hint);
    assert_told(tell_silence,
                "at 0   phone -> server REGISTER\n"
                "at 0.5 phone -> server copy\n"
                "end 60.5\n",
                "60 s, strong, as usual");
}

/* Nothing is repeated over TCP, and 32 seconds are all the patience there is. */
static void trusts_a_long_silence_over_tcp(void **state)
{
    static const char *const scenario = "phone 192.168.1.10:49170 transport=tcp\n"
                                        "at 0 phone -> server connect\n"
                                        "at 1 phone -> server REGISTER\n";
    g_autofree char *for_long = g_strconcat(scenario, "end 61\n", NULL);
    g_autofree char *for_short = g_strconcat(scenario, "end 11\n", NULL);

    assert_told(tell_silence, for_long, "60 s, strong, as usual");
    assert_told(tell_silence, for_short, "10 s, weak, as usual");
}

static void names_the_loss_that_spoils_a_silence(void **state)
{
    assert_told(tell_loss, "at 0 phone -> server REGISTER\nend 60\n", "no loss");
    assert_told(tell_loss, "snaplen 300\nat 0 phone -> server REGISTER\nend 60\n",
                "frames were cut by the snapshot length at that time");
    assert_told(tell_loss,
                "at 0    phone -> server REGISTER\n"
                "at 0.02 server -> phone 401 unseen\n"
                "at 0.03 phone -> server REGISTER auth\n"
                "end 60\n",
                "the phone got answers that are not in the capture");
}

static void says_how_it_ended(void **state)
{
    assert_told(tell_end, "at 0 phone -> server REGISTER\nend 60\n",
                "no answer by 198.51.100.10:5060, without credentials");
    assert_told(tell_end,
                CHALLENGED "at 0.03 phone -> server REGISTER auth\n"
                           "at 0.05 server -> phone 403\n"
                           "end 60\n",
                "403 Forbidden by 198.51.100.10:5060, with credentials");
}

/* For a proxy is not for the registrar behind it (RFC 3261 section 22.3). */
static void asks_for_the_credentials_that_the_answer_is_about(void **state)
{
    assert_told(tell_end,
                "at 0    phone -> server REGISTER\n"
                "at 0.02 server -> phone 407 realm=proxy\n"
                "at 0.03 phone -> server REGISTER auth\n"
                "at 0.05 server -> phone 401 realm=registrar\n"
                "end 60\n",
                "401 Unauthorized by 198.51.100.10:5060, without credentials");
    assert_told(tell_end,
                "at 0    phone -> server REGISTER\n"
                "at 0.02 server -> phone 407 realm=proxy\n"
                "at 0.03 phone -> server REGISTER auth\n"
                "at 0.05 server -> phone 407 realm=proxy\n"
                "end 60\n",
                "407 Proxy Authentication Required by 198.51.100.10:5060, with credentials");
}

static void reads_challenges_and_credentials_of_proxies_too(void **state)
{
    assert_told(tell_auth,
                "at 0    phone -> server REGISTER\n"
                "at 0.02 server -> phone 407 realm=proxy\n"
                "at 0.03 phone -> server REGISTER auth\n"
                "at 0.05 server -> phone 407 realm=other\n"
                "end 60\n",
                "realm 'other', user 'alice'");
    assert_told(tell_auth,
                "at 0    phone -> server REGISTER\n"
                "at 0.02 server -> phone 403\n"
                "end 60\n",
                "realm '', user ''");
}

static void quotes_all_that_a_refusal_says_of_itself(void **state)
{
    static const char *const names[] = { "request", "answer",      "Warning", "P-Registrar-Error",
                                         "Reason",  "Retry-After", "Server",  "body" };
    const Rule rule = { .id = "told", .vantage = REG_VANTAGE_ANY, .check_chain = cite_reasons };
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 503 retry-after=9 header=\"Server: s\" "
                                   "add=\"Reason: SIP;cause=1\" add=\"Warning: 399 x y\" "
                                   "add=\"P-Registrar-Error: too many\" body=\"one\\r\\ntwo\"\n"
                                   "end 60\n",
                                   &rule);

    assert_int_equal(j->finding->facts->len, G_N_ELEMENTS(names));
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        assert_string_equal(g_array_index(j->finding->facts, FindingFact, i).name, names[i]);
    assert_string_equal(g_array_index(j->finding->facts, FindingFact, 7).seen, "one");
}

static void knows_a_host_that_is_none(void **state)
{
    SipUri made_up = sip_uri_parse(STR("sip:x@a7.Invalid;transport=ws"));
    SipUri real = sip_uri_parse(STR("sip:x@invalid.example.com"));
    SipUri none = sip_uri_parse(STR("sip:"));

    assert_true(uri_is_placeholder(&made_up));
    assert_false(uri_is_placeholder(&real));
    assert_false(uri_is_placeholder(&none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_requests_with_their_copies),
        cmocka_unit_test(counts_what_was_seen_on_two_hops_once),
        cmocka_unit_test(tells_a_challenge_from_a_rejection),
        cmocka_unit_test(tells_a_refusal_from_a_challenge),
        cmocka_unit_test(has_words_for_a_device_without_a_name),
        cmocka_unit_test(trusts_a_silence_only_when_the_phone_insisted),
        cmocka_unit_test(trusts_a_long_silence_over_tcp),
        cmocka_unit_test(names_the_loss_that_spoils_a_silence),
        cmocka_unit_test(says_how_it_ended),
        cmocka_unit_test(asks_for_the_credentials_that_the_answer_is_about),
        cmocka_unit_test(reads_challenges_and_credentials_of_proxies_too),
        cmocka_unit_test(knows_a_host_that_is_none),
        cmocka_unit_test(quotes_all_that_a_refusal_says_of_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
