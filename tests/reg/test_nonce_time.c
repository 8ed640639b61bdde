/*
 * What a nonce tells of its own age.
 */

#include "reg/nonce_time.h"

#include <glib.h>

#include "support/check.h"

/* Of a Kamailio 5.6 with nonce_expire 300, seen 0.48 s after it was made. */
#define KAMAILIO "awAe42sAHbfx4PQNIll5bMTGTabLC08V"
#define MADE 1795169719
#define SEEN (MADE * NSEC_SEC + 480 * NSEC_MSEC)

#define ASTERISK "1795169719/5f4dcc3b5aa765d61d8327deb882cf99"

static void a_kamailio_nonce_has_its_birth_and_its_end(void **state)
{
    RegNonceTime time;

    assert_true(reg_nonce_time(STR(KAMAILIO), SEEN, &time));
    assert_string_equal(time.maker, "Kamailio");
    assert_int_equal(time.issued, MADE * NSEC_SEC);
    assert_int_equal(time.expires, (MADE + 300) * NSEC_SEC);
}

static void a_longer_kamailio_nonce_is_read_alike(void **state)
{
    RegNonceTime time;

    assert_true(
        reg_nonce_time(STR("awAe42sAHbfx4PQNIll5bMTGTabLC08VawAe42sAHbfx4A=="), SEEN, &time));
    assert_int_equal(time.issued, MADE * NSEC_SEC);
}

static void an_asterisk_nonce_has_its_birth(void **state)
{
    RegNonceTime time;

    assert_true(reg_nonce_time(STR(ASTERISK), SEEN, &time));
    assert_string_equal(time.maker, "Asterisk");
    assert_int_equal(time.issued, MADE * NSEC_SEC);
    assert_int_equal(time.expires, NSEC_NONE);
}

static void other_nonces_tell_nothing(void **state)
{
    static const char *const others[] = {
        "",
        "/",
        "3f8a51c0d2b94e67a1b2c3d4e5f60718",
        "1795169719/",
        "1795169719/5f4dcc3b5aa765d61d8327deb882cf9",   /* a digit is missing */
        "1795169719/5f4dcc3b5aa765d61d8327deb882cf9g",  /* no hexadecimal digit */
        "99999999999/5f4dcc3b5aa765d61d8327deb882cf99", /* beyond 2106 */
        "-795169719/5f4dcc3b5aa765d61d8327deb882cf99",
        "awAe42sAHbfx4PQNIll5bMTGTabLC0",       /* too short */
        "awAe42sAHbfx4PQNIll5bMTGTabLC08VaaB",  /* no multiple of four */
        "awAe42sAHbfx4PQNIll5bMT-TabLC08V",     /* another alphabet */
        "=wAe42sAHbfx4PQNIll5bMTGTabLC08V",     /* padding in front */
        "awAdt2sAHuPx4PQNIll5bMTGTabLC08V",     /* it ends before it begins */
        "bAAe42sAHbfx4PQNIll5bMTGTabLC08V",     /* lives for half a year */
        "dGhpcyBpcyBub3QgYSBub25jZSBhdCBhbGw=", /* "this is not a nonce at all" */
    };
    RegNonceTime time;

    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(reg_nonce_time(str_of(others[i]), SEEN, &time));
    assert_false(reg_nonce_time(STR_NONE, SEEN, &time));
}

/* A server's clock may be wrong by days, but what is years away is no time. */
static void a_time_years_away_is_none(void **state)
{
    RegNonceTime time;

    assert_true(reg_nonce_time(STR(KAMAILIO), SEEN + 300 * 86400 * NSEC_SEC, &time));
    assert_false(reg_nonce_time(STR(KAMAILIO), SEEN + 400 * 86400 * NSEC_SEC, &time));
    assert_false(reg_nonce_time(STR(ASTERISK), SEEN - 400 * 86400 * NSEC_SEC, &time));
}

static void survives_any_cut(void **state)
{
    static const char *const whole[] = { KAMAILIO "awAe42sAHbfx4A==", ASTERISK };

    for (unsigned i = 0; i < G_N_ELEMENTS(whole); i++) {
        for (size_t len = 0; len < strlen(whole[i]); len++) {
            g_autofree char *piece = g_memdup2(whole[i], len);
            RegNonceTime time;

            reg_nonce_time((Str){ piece, len }, SEEN, &time);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kamailio_nonce_has_its_birth_and_its_end),
        cmocka_unit_test(a_longer_kamailio_nonce_is_read_alike),
        cmocka_unit_test(an_asterisk_nonce_has_its_birth),
        cmocka_unit_test(other_nonces_tell_nothing),
        cmocka_unit_test(a_time_years_away_is_none),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
