/* What the challenge and the rest of the message offer. */

#include "choices.h"

static void make(Offered *offered, bool declared)
{
    reg_choices_of_message(&offered->choices, &offered->scene, &offered->base, declared);
}

static void offers_nonces_newest_first(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){
        .challenges = { "nonce=\"two\"", "nonce=\"" LOGIN_NONCE "\"", "nonce=\"one\"" },
        .nextnonce = "three",
    });
    const RegDigestChoice *all = offered->choices.all;

    make(offered, true);

    unsigned first = offered->choices.of[REG_INGREDIENT_NONCE].first;

    assert_str_equal(all[first].value, "two");
    assert_str_equal(all[first + 1].value, "one");
    assert_str_equal(all[first + 2].value, "three");
    assert_string_equal(all[first + 2].hypothesis->id, "nonce_next");
}

static void offers_no_more_nonces_than_there_is_room_for(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){ .challenges = { "nonce=\"two\"" } });
    const SipMessage *many[40];
    Str nonces[40];

    for (unsigned i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = offered->answered->answers[0];
        nonces[i] = STR("three");
    }
    offered->answered->input.challenges = many;
    offered->answered->input.n_challenges = G_N_ELEMENTS(many);
    offered->answered->input.nonces = nonces;
    offered->answered->input.n_nonces = G_N_ELEMENTS(nonces);
    reg_digest_scene_challenges(&offered->scene, &offered->answered->input);
    assert_int_equal(offered->scene.n_challenges, REG_SCENE_CHALLENGES);
    make(offered, true);
    assert_string_equal(offered_as(offered, REG_INGREDIENT_NONCE, STR("three")), "nonce_next");
}

static void cuts_nonces_at_the_size_of_buffers(void **state)
{
    g_autofree char *nonce = g_strnfill(300, 'n');
    g_autoptr(Offered) offered = offered_new(&(Login){ .nonce = nonce });
    const size_t lengths[] = { 31, 32, 63, 64, 127, 128, 255 };

    make(offered, true);
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++)
        assert_string_equal(offered_as(offered, REG_INGREDIENT_NONCE, (Str){ nonce, lengths[i] }),
                            "nonce_cut");
}

static void offers_algorithms_of_as_many_digits(void **state)
{
    g_autoptr(Offered) md5 =
        offered_new(&(Login){ .response = "00000000000000000000000000000000" });
    g_autoptr(Offered) sha = offered_new(&(Login){
        .algorithm = "SHA-256",
        .response = "0000000000000000000000000000000000000000000000000000000000000000",
    });
    g_autoptr(Offered) none = offered_new(&(Login){ .response = "0" });

    make(md5, true);
    make(sha, true);
    make(none, true);
    assert_int_equal(offered_count(md5, REG_INGREDIENT_ALGORITHM), 2);
    assert_int_equal(offered_count(sha, REG_INGREDIENT_ALGORITHM), 8);
    assert_int_equal(offered_count(none, REG_INGREDIENT_ALGORITHM), 0);
}

static void offers_all_algorithms_when_none_is_known(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){ .algorithm = "token" });

    make(offered, false);
    assert_int_equal(offered_count(offered, REG_INGREDIENT_ALGORITHM), 3);
    assert_string_equal(offered_as(offered, REG_INGREDIENT_ALGORITHM, STR("MD5")), "algorithm");
}

static void offers_other_methods_and_counts(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){ .nc = "0000000f", .cnonce = "" });

    make(offered, true);
    assert_string_equal(offered_as(offered, REG_INGREDIENT_METHOD, STR("INVITE")), "method");
    assert_string_equal(offered_as(offered, REG_INGREDIENT_METHOD, STR("register")), "method_case");
    assert_all_differ(offered, REG_INGREDIENT_METHOD, STR("REGISTER"));
    assert_string_equal(offered_as(offered, REG_INGREDIENT_NC, STR("f")), "nc_short");
    assert_string_equal(offered_as(offered, REG_INGREDIENT_NC, STR("00000001")), "nc_first");
    assert_string_equal(offered_as(offered, REG_INGREDIENT_NC, STR("0000000F")), "nc_case");
    assert_int_equal(offered_count(offered, REG_INGREDIENT_CNONCE), 0);
}

static void a_count_of_zeros_keeps_one(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){ .nc = "00000000" });

    make(offered, true);
    assert_string_equal(offered_as(offered, REG_INGREDIENT_NC, STR("0")), "nc_short");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers_nonces_newest_first),
        cmocka_unit_test(offers_no_more_nonces_than_there_is_room_for),
        cmocka_unit_test(cuts_nonces_at_the_size_of_buffers),
        cmocka_unit_test(offers_algorithms_of_as_many_digits),
        cmocka_unit_test(offers_all_algorithms_when_none_is_known),
        cmocka_unit_test(offers_other_methods_and_counts),
        cmocka_unit_test(a_count_of_zeros_keeps_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
