/* What a message and the challenges before it say. */

#include "choices.h"

static void reads_all_challenges_of_all_answers(void **state)
{
    const char *text = "SIP/2.0 407 x\r\n"
                       "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"p\"\r\n"
                       "WWW-Authenticate: Digest realm=\"one\", nonce=\"1\", algorithm=SHA-256\r\n"
                       "WWW-Authenticate: Digest realm=\"two\", nonce=\"2\"\r\n\r\n";
    g_autoptr(Offered) offered =
        offered_new(&(Login){ .challenges = { "realm=\"newest\", nonce=\"0\"" } });
    g_autoptr(SipMessage) older = message_of(text, 0);
    const SipMessage *answers[] = { offered->answered->answers[0], older };
    const RegDigestScene *scene = &offered->scene;

    offered->answered->input.challenges = answers;
    offered->answered->input.n_challenges = 2;
    reg_digest_scene_challenges(&offered->scene, &offered->answered->input);
    assert_int_equal(scene->n_challenges, 4);
    assert_str_equal(scene->challenges[0].realm, "newest");
    assert_int_equal(scene->ages[0], 0);
    assert_str_equal(scene->challenges[1].realm, "one");
    assert_str_equal(scene->challenges[2].nonce, "2");
    assert_str_equal(scene->challenges[3].realm, "proxy");
    assert_int_equal(scene->ages[3], 1);
    assert_true(reg_digest_scene_has_realm(scene, STR("PROXY")));
    assert_false(reg_digest_scene_has_realm(scene, STR("other")));
}

static void reads_who_and_where(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){ .uri = "sip:a:5062" });
    const RegDigestScene *scene = &offered->scene;

    assert_str_equal(scene->to.user, "ext7");
    assert_str_equal(scene->from.host, "pbx.example.com");
    assert_str_equal(scene->contact.user, "phone7");
    assert_str_equal(scene->via.host, "192.168.1.10");
    assert_str_equal(scene->call_id_host, "call.example.org");
    assert_str_equal(scene->request_uri.host, "pbx.example.com");
    assert_int_equal(scene->uri.port, 5062);
}

static void does_without_a_message(void **state)
{
    RegDigestInput input = { .request_uri = STR("sip:a") };
    g_autofree RegDigestScene *scene = g_new0(RegDigestScene, 1);

    reg_digest_scene_challenges(scene, &input);
    reg_digest_scene_read(scene);
    assert_int_equal(scene->n_challenges, 0);
    assert_str_equal(scene->request_uri.host, "a");
    assert_false(str_present(scene->to.user));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_challenges_of_all_answers),
        cmocka_unit_test(reads_who_and_where),
        cmocka_unit_test(does_without_a_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
