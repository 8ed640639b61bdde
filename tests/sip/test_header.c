/* Header names. */

#include <glib.h>

#include "sip/message.h"
#include "support/check.h"

static void every_name_finds_its_own_id(void **state)
{
    for (unsigned id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++) {
        const char *name = sip_header_long_name((SipHeaderId)id);
        g_autofree char *lower = g_ascii_strdown(name, -1);
        g_autofree char *upper = g_ascii_strup(name, -1);

        assert_non_null(name);
        assert_int_equal(sip_header_id_of(str_of(name)), id);
        assert_int_equal(sip_header_id_of(str_of(lower)), id);
        assert_int_equal(sip_header_id_of(str_of(upper)), id);
    }
    assert_null(sip_header_long_name(SIP_HEADER_OTHER));
}

static void short_names_are_names(void **state)
{
    const struct {
        char letter;
        SipHeaderId id;
    } compact[] = {
        { 'c', SIP_HEADER_CONTENT_TYPE },   { 'f', SIP_HEADER_FROM },
        { 'i', SIP_HEADER_CALL_ID },        { 'k', SIP_HEADER_SUPPORTED },
        { 'm', SIP_HEADER_CONTACT },        { 't', SIP_HEADER_TO },
        { 'l', SIP_HEADER_CONTENT_LENGTH }, { 'v', SIP_HEADER_VIA },
        { 's', SIP_HEADER_OTHER },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(compact); i++) {
        char upper = g_ascii_toupper(compact[i].letter);

        assert_int_equal(sip_header_id_of((Str){ &compact[i].letter, 1 }), compact[i].id);
        assert_int_equal(sip_header_id_of((Str){ &upper, 1 }), compact[i].id);
    }
}

static void no_other_name_is_mistaken_for_one(void **state)
{
    const Str others[] = {
        STR(""),
        STR("Tx"),
        STR("Vib"),
        STR("Call ID"),
        STR("Call\rID"),
        STR("Call-I"),
        STR("Cantact"),
        STR("X-Call-ID"),
        STR("Contact\0"),
        STR("\0"),
        STR("C\0ntact"),
        STR("Subject"),
        STR("Session-Expires"),
        STR("\xff\xff\xff"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_int_equal(sip_header_id_of(others[i]), SIP_HEADER_OTHER);
}

static void every_pair_of_bytes_is_safe(void **state)
{
    for (unsigned i = 0; i < 65536; i++) {
        char name[2] = { (char)(i >> 8), (char)i };
        SipHeaderId id = sip_header_id_of((Str){ name, 2 });

        assert_true(id == SIP_HEADER_OTHER
                    || (id == SIP_HEADER_TO && g_ascii_strncasecmp(name, "to", 2) == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_finds_its_own_id),
        cmocka_unit_test(short_names_are_names),
        cmocka_unit_test(no_other_name_is_mistaken_for_one),
        cmocka_unit_test(every_pair_of_bytes_is_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
