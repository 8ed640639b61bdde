/*
 * Who tries many accounts: an office, a gateway, or somebody who guesses.
 */

#include "reg/sources.h"

#include "words.h"

#define GUESSER "203.0.113.66:5060"
#define SERVER "198.51.100.10:5060"

/* REGISTER requests of so many accounts at 'domain'; ports count up by 'ports'. */
static void try_accounts(Sources *sources, const char *from, const char *domain, unsigned n,
                         unsigned ports, const char *agent)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *aor = g_strdup_printf("%u@%s", 100 + i, domain);
        g_autoptr(SipMessage) request =
            request_of((Ask){ .aor = aor, .from = from, .to = SERVER, .agent = agent });

        request->meta.flow.src.port = (uint16_t)(request->meta.flow.src.port + i * ports);
        sources_request(sources, request, aor);
    }
}

static bool is_scanner(const Sources *sources, const char *from)
{
    NetAddr addr = endpoint_of(from).addr;

    return sources_is_scanner(sources, &addr);
}

static void answer(Sources *sources, const char *from, uint16_t status)
{
    NetFlow hop = { .src = endpoint_of(from), .dst = endpoint_of(SERVER) };

    sources_answer(sources, &hop, status);
}

static void many_accounts_at_the_bare_address_from_one_port_are_a_scan(void **state)
{
    g_autoptr(Sources) sources = sources_new();

    try_accounts(sources, GUESSER, "198.51.100.10", 3, 0, "");
    answer(sources, GUESSER, 404);
    assert_false(is_scanner(sources, GUESSER));
    try_accounts(sources, GUESSER, "198.51.100.10", 4, 0, "");
    assert_true(is_scanner(sources, GUESSER));
    assert_false(is_scanner(sources, "203.0.113.67:5060"));
}

static void without_answers_nobody_knows_that_it_was_refused(void **state)
{
    g_autoptr(Sources) sources = sources_new();

    try_accounts(sources, GUESSER, "198.51.100.10", 10, 0, "");
    assert_false(is_scanner(sources, GUESSER));
}

static void an_office_is_no_scanner(void **state)
{
    g_autoptr(Sources) sources = sources_new();

    try_accounts(sources, "203.0.113.1:1024", "198.51.100.10", 10, 1, "");
    try_accounts(sources, "203.0.113.2:5060", "example.com", 10, 0, "");
    try_accounts(sources, "192.168.1.2:5060", "198.51.100.10", 10, 0, "");
    try_accounts(sources, "203.0.113.4:5060", "198.51.100.10", 10, 0, "");
    answer(sources, "203.0.113.1:1024", 403);
    answer(sources, "203.0.113.2:5060", 403);
    answer(sources, "192.168.1.2:5060", 403);
    answer(sources, "203.0.113.4:5060", 403);
    answer(sources, "203.0.113.4:5060", 200);
    assert_false(is_scanner(sources, "203.0.113.1:1024"));
    assert_false(is_scanner(sources, "203.0.113.2:5060"));
    assert_false(is_scanner(sources, "192.168.1.2:5060"));
    assert_false(is_scanner(sources, "203.0.113.4:5060"));
}

static void who_was_accepted_registers(void **state)
{
    g_autoptr(Sources) sources = sources_new();
    NetAddr addr = endpoint_of(GUESSER).addr;

    assert_false(sources_registers(sources, &addr));
    try_accounts(sources, GUESSER, "example.com", 1, 0, "");
    answer(sources, GUESSER, 401);
    assert_false(sources_registers(sources, &addr));
    answer(sources, GUESSER, 202);
    assert_true(sources_registers(sources, &addr));
}

static void a_known_tool_is_a_scanner_with_its_first_request(void **state)
{
    g_autoptr(Sources) sources = sources_new();

    try_accounts(sources, GUESSER, "example.com", 1, 0, "Friendly-Scanner");
    assert_true(is_scanner(sources, GUESSER));
}

static void keep_site(const RegSite *site, void *user)
{
    g_array_append_vals(user, site, 1);
}

static void only_who_tries_several_accounts_is_shown(void **state)
{
    g_autoptr(Sources) sources = sources_new();
    g_autoptr(GArray) sites = g_array_new(FALSE, FALSE, sizeof(RegSite));

    try_accounts(sources, "203.0.113.1:5060", "example.com", 1, 0, "Phone");
    try_accounts(sources, "203.0.113.2:5060", "example.com", 20, 0, "Gateway");
    sources_each(sources, keep_site, sites);
    assert_int_equal(sites->len, 1);

    const RegSourceSite *site = g_array_index(sites, RegSite, 0).source;

    assert_int_equal(site->accounts, 16);
    assert_int_equal(site->requests, 20);
    assert_int_equal(site->seen.count, 20);
    assert_string_equal(site->user_agent, "Gateway");
    assert_string_equal(site->example_aors,
                        "100@example.com, 101@example.com, 102@example.com, 103@example.com");
    assert_true(site->one_port);
    assert_false(site->scanner);
}

static void long_names_are_cut(void **state)
{
    g_autoptr(Sources) sources = sources_new();
    g_autoptr(GArray) sites = g_array_new(FALSE, FALSE, sizeof(RegSite));
    g_autofree char *name = g_strnfill(10000, 'x');

    try_accounts(sources, GUESSER, name, 2, 0, name);
    sources_each(sources, keep_site, sites);

    const RegSourceSite *site = g_array_index(sites, RegSite, 0).source;

    assert_true(strlen(site->user_agent) < 200);
    assert_true(strlen(site->example_aors) < 400);
}

static void the_table_of_sources_is_bounded(void **state)
{
    g_autoptr(Sources) sources = sources_new();
    g_autoptr(SipMessage) request = request_of((Ask){ 0 });

    for (uint32_t i = 0; i < 100000; i++) {
        memcpy(request->meta.flow.src.addr.bytes, &i, sizeof(i));
        sources_request(sources, request, "alice@example.com");
    }
    assert_int_equal(sources_stats(sources).items, 65536);
    assert_int_equal(sources_stats(sources).dropped_full, 100000 - 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_accounts_at_the_bare_address_from_one_port_are_a_scan),
        cmocka_unit_test(without_answers_nobody_knows_that_it_was_refused),
        cmocka_unit_test(an_office_is_no_scanner),
        cmocka_unit_test(who_was_accepted_registers),
        cmocka_unit_test(a_known_tool_is_a_scanner_with_its_first_request),
        cmocka_unit_test(only_who_tries_several_accounts_is_shown),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(the_table_of_sources_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
