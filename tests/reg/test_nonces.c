/*
 * The life of a nonce: issued, used, counted, accepted, forgotten.
 */

#include "reg/nonces.h"

#include "support/check.h"

#define SERVER "198.51.100.10"
#define OTHER_SERVER "198.51.100.11"

static void issue(Device *device, const char *nonce, const char *server, uint64_t chain,
                  uint32_t step)
{
    IssuedNonce as = {
        .chain = chain,
        .step = step,
        .life = { .challenge = { .frame = chain * 10 + step }, .challenged = (Nsec)chain },
    };

    net_addr_parse(str_of(server), &as.life.issuer.addr);
    nonces_issue(device, str_of(nonce), &as);
}

static RegNonce use(Device *device, const char *nonce, const char *nc, uint64_t chain,
                    uint32_t step)
{
    SipAuth auth = { .nonce = str_of(nonce), .nc = str_of(nc) };

    return nonces_use(device, &auth, chain, step);
}

static void clear(Device *device)
{
    g_free(device->nonces);
}

static void what_was_issued_is_found(void **state)
{
    Device device = { 0 };

    issue(&device, "a", SERVER, 1, 0);

    const IssuedNonce *found = nonces_find(&device, STR("a"));

    assert_non_null(found);
    assert_true(found->life.issued);
    assert_int_equal(found->chain, 1);
    assert_int_equal(found->life.challenge.frame, 10);
    assert_null(nonces_find(&device, STR("b")));
    clear(&device);
}

static void an_empty_nonce_is_none(void **state)
{
    Device device = { 0 };

    issue(&device, "", SERVER, 1, 0);
    use(&device, "", NULL, 1, 1);
    use(&device, NULL, NULL, 1, 2);
    assert_int_equal(device.n_nonces, 0);
    assert_null(nonces_find(&device, STR("")));
    assert_null(nonces_find(&device, STR_NONE));
}

static void a_use_tells_what_was_before_it(void **state)
{
    Device device = { 0 };

    issue(&device, "a", SERVER, 1, 0);

    RegNonce first = use(&device, "a", "00000001", 1, 1);
    RegNonce second = use(&device, "a", "0000000a", 2, 0);
    RegNonce third = use(&device, "a", "00000003", 3, 0);

    assert_true(first.issued);
    assert_int_equal(first.uses, 0);
    assert_int_equal(first.nc, 0);
    assert_int_equal(second.uses, 1);
    assert_int_equal(second.nc, 1);
    assert_int_equal(third.uses, 2);
    assert_int_equal(third.nc, 10);
    assert_int_equal(nonces_find(&device, STR("a"))->life.nc, 10);
    clear(&device);
}

static void a_nonce_from_before_is_counted_too(void **state)
{
    Device device = { 0 };
    RegNonce first = use(&device, "old", "00000007", 1, 0);
    RegNonce second = use(&device, "old", NULL, 2, 0);

    assert_false(first.issued);
    assert_int_equal(first.uses, 0);
    assert_false(second.issued);
    assert_int_equal(second.uses, 1);
    assert_int_equal(second.nc, 7);
    clear(&device);
}

/* As Kamailio does within a second; a copy of the same answer is no second one. */
static void the_same_nonce_may_be_issued_again(void **state)
{
    Device device = { 0 };

    issue(&device, "a", SERVER, 1, 0);
    issue(&device, "a", SERVER, 1, 0);
    assert_false(nonces_find(&device, STR("a"))->life.reissued);
    issue(&device, "a", SERVER, 1, 2);
    assert_int_equal(device.n_nonces, 1);
    assert_true(nonces_find(&device, STR("a"))->life.reissued);
    assert_false(nonces_find(&device, STR("a"))->life.shared);
    assert_int_equal(nonces_find(&device, STR("a"))->step, 2);
    clear(&device);
}

static void servers_that_issue_the_same_nonce_share_it(void **state)
{
    Device device = { 0 };

    issue(&device, "a", SERVER, 1, 0);
    issue(&device, "a", OTHER_SERVER, 1, 1);
    assert_true(nonces_find(&device, STR("a"))->life.shared);
    clear(&device);
}

static void only_the_newest_are_remembered(void **state)
{
    Device device = { 0 };

    for (unsigned i = 0; i < 3 * DEVICE_NONCES; i++) {
        g_autofree char *nonce = g_strdup_printf("n%u", i);

        issue(&device, nonce, SERVER, 1, i);
    }
    assert_int_equal(device.n_nonces, DEVICE_NONCES);
    for (unsigned i = 0; i < 3 * DEVICE_NONCES; i++) {
        g_autofree char *nonce = g_strdup_printf("n%u", i);

        assert_int_equal(nonces_find(&device, str_of(nonce)) != NULL, i >= 2 * DEVICE_NONCES);
    }
    clear(&device);
}

static void what_a_step_used_is_accepted_with_it(void **state)
{
    Device device = { .n_open = 2 };

    issue(&device, "proxy", SERVER, 1, 0);
    issue(&device, "registrar", SERVER, 1, 1);
    issue(&device, "unused", SERVER, 1, 1);
    use(&device, "proxy", NULL, 1, 2);
    use(&device, "registrar", NULL, 1, 2);
    nonces_accept(&device, 1, 2);
    assert_true(nonces_find(&device, STR("proxy"))->life.accepted);
    assert_true(nonces_find(&device, STR("registrar"))->life.accepted);
    assert_false(nonces_find(&device, STR("unused"))->life.accepted);
    clear(&device);
}

/* A healthy device costs one nonce and no more. */
static void the_others_go_when_no_other_attempt_is_open(void **state)
{
    Device device = { .n_open = 1 };

    issue(&device, "old", SERVER, 1, 0);
    issue(&device, "new", SERVER, 1, 1);
    use(&device, "new", NULL, 1, 2);
    nonces_accept(&device, 1, 2);
    assert_int_equal(device.n_nonces, 1);
    assert_null(nonces_find(&device, STR("old")));
    issue(&device, "next", SERVER, 2, 0);
    assert_int_equal(device.n_nonces, 2);
    clear(&device);
}

static void a_device_without_nonces_is_accepted_too(void **state)
{
    Device device = { .n_open = 1 };

    nonces_accept(&device, 1, 0);
    assert_int_equal(device.n_nonces, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_issued_is_found),
        cmocka_unit_test(an_empty_nonce_is_none),
        cmocka_unit_test(a_use_tells_what_was_before_it),
        cmocka_unit_test(a_nonce_from_before_is_counted_too),
        cmocka_unit_test(the_same_nonce_may_be_issued_again),
        cmocka_unit_test(servers_that_issue_the_same_nonce_share_it),
        cmocka_unit_test(only_the_newest_are_remembered),
        cmocka_unit_test(what_a_step_used_is_accepted_with_it),
        cmocka_unit_test(the_others_go_when_no_other_attempt_is_open),
        cmocka_unit_test(a_device_without_nonces_is_accepted_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
