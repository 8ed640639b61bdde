/*
 * The catalogue: a rule that nobody can look up, try out or silence by name is
 * half a rule.
 */

#include "rules/rule.h"
#include "support/check.h"

/* Every finding that the product knows of, also those without a rule as yet: a
 * narrower one may be named before it is written. Sorted. */
static const char *const known_ids[] = {
    "account_not_allowed",
    "account_unknown",
    "aka_resync",
    "aka_unanswered",
    "algorithm_not_echoed",
    "algorithm_unsupported",
    "answer_lost",
    "answer_to_wrong_port",
    "answer_unparsed",
    "auth_username_wrong",
    "authorization_malformed",
    "binding_fight",
    "binding_lapsed",
    "binding_missing",
    "branch_reused",
    "call_id_changed",
    "capture_duplicated",
    "capture_filtered",
    "capture_lossy",
    "capture_one_way",
    "capture_truncated",
    "challenge_loop",
    "challenge_unanswered",
    "common_cause",
    "connect_failed",
    "connection_lost",
    "contact_private",
    "contact_refused",
    "contact_wrong_transport",
    "credentials_refused",
    "credentials_unanswered",
    "cseq_not_increased",
    "deregistered",
    "digest_uri_mismatch",
    "dns_failed",
    "domain_refused",
    "expiry_spiral",
    "extension_refused",
    "granted_expiry_ignored",
    "gruu_as_contact",
    "inbound_unanswered",
    "interval_too_brief",
    "keepalive_too_slow",
    "large_register_lost",
    "locked_out",
    "loop_detected",
    "message_rewritten",
    "nat_mapping_changed",
    "nat_mapping_expired",
    "nat_restarted",
    "never_refreshed",
    "nonce_count_wrong",
    "nonce_expired_unmarked",
    "nonce_from_other_server",
    "nonce_not_issued",
    "nonce_stale_loop",
    "password_altered",
    "password_wrong",
    "path_blocked",
    "port_unreachable",
    "qop_misused",
    "realm_mismatch",
    "redirect_not_followed",
    "refresh_late",
    "refused_unchallenged",
    "register_unanswered",
    "registered_without_challenge",
    "registrar_forgot",
    "registrar_moved",
    "request_ignored",
    "request_refused",
    "retry_storm",
    "scanner",
    "server_error",
    "server_unavailable",
    "sip_alg",
    "sip_alg_corruption",
    "stale_bindings",
    "tls_failed",
    "tls_not_decrypted",
    "too_many_contacts",
    "upstream_timeout",
    "valid_credentials_refused",
};

static bool is_known(const char *id)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(known_ids); i++) {
        if (strcmp(known_ids[i], id) == 0)
            return true;
    }
    return false;
}

/* Fails with the path, so that it is clear what is to be written. */
static char *read_file(const char *folder, const char *before, const char *id, const char *after)
{
    g_autofree char *name = g_strconcat(before, id, after, NULL);
    g_autofree char *path = g_build_filename(SOURCE_ROOT, folder, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        fail_msg("%s", error->message);
    return text;
}

static void assert_text(const Rule *rule, const char *field, const char *text)
{
    if (text == NULL || text[0] == '\0')
        fail_msg("%s has no %s", rule->id, field);
}

static void ids_are_sorted_and_unique(void **state)
{
    for (unsigned i = 1; rule_table[i] != NULL; i++)
        assert_true(strcmp(rule_table[i - 1]->id, rule_table[i]->id) < 0);
    for (unsigned i = 1; i < G_N_ELEMENTS(known_ids); i++)
        assert_true(strcmp(known_ids[i - 1], known_ids[i]) < 0);
}

static void every_id_is_known(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        if (!is_known(rule_table[i]->id))
            fail_msg("%s is not in the list of this test", rule_table[i]->id);
    }
}

static void every_id_is_the_name_of_its_files(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const char *id = rule_table[i]->id;
        g_autofree char *source = read_file("src/rules", "", id, ".c");
        g_autofree char *test = read_file("tests/rules", "test_", id, ".c");
        g_autofree char *sample = read_file("samples", "", id, ".txt");
        g_autofree char *capture = read_file("samples", "", id, ".pcap");
        g_autofree char *constant = g_strdup_printf("const Rule rule_%s = {", id);
        g_autofree char *used = g_strdup_printf("rule_%s", id);

        assert_non_null(strstr(source, constant));
        assert_non_null(strstr(test, used));
        assert_true(sample[0] != '\0' && capture[0] != '\0');
    }
}

static void every_rule_has_a_line_in_the_documents(void **state)
{
    g_autofree char *document = read_file("docs", "", "rules", ".md");

    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        g_autofree char *anchor = g_strdup_printf("<a id=\"%s\">", rule_table[i]->id);

        if (strstr(document, anchor) == NULL)
            fail_msg("docs/rules.md has no %s", anchor);
    }
}

static void every_text_is_there(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const Rule *rule = rule_table[i];

        assert_text(rule, "area", rule->area);
        assert_text(rule, "title", rule->title);
        assert_text(rule, "meaning", rule->meaning);
        assert_text(rule, "advice", rule->advice);
        assert_text(rule, "confusion", rule->confusion);
        assert_text(rule, "reference", rule->reference);
    }
}

/* A title is a heading, the others are sentences. */
static void texts_end_as_they_should(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const Rule *rule = rule_table[i];
        const char *sentences[] = { rule->meaning, rule->advice, rule->confusion };

        assert_false(g_str_has_suffix(rule->title, "."));
        for (unsigned k = 0; k < G_N_ELEMENTS(sentences); k++) {
            if (!g_str_has_suffix(sentences[k], ".") && !g_str_has_suffix(sentences[k], "\"."))
                fail_msg("%s: \"%s\" has no end", rule->id, sentences[k]);
        }
    }
}

static void assert_sentences(const Rule *rule, const char *const *texts, size_t n, bool needed)
{
    unsigned told = 0;

    for (size_t i = 0; i < n; i++) {
        if (texts[i] == NULL)
            continue;
        told++;
        if (!g_str_has_suffix(texts[i], "."))
            fail_msg("%s: \"%s\" has no end", rule->id, texts[i]);
        if (strstr(texts[i], "  ") != NULL)
            fail_msg("%s: \"%s\" has two blanks in a row", rule->id, texts[i]);
    }
    if (needed != (told > 0))
        fail_msg("%s tells half of its story", rule->id);
}

/* What should happen is told with how its lack looks and how to mend it, or not at all. */
static void a_story_is_told_as_a_whole(void **state)
{
    unsigned stories = 0;

    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const Rule *rule = rule_table[i];
        const char *const seen[] = { rule->seen.client, rule->seen.middle, rule->seen.server };
        const char *const fixes[] = { rule->fix.phone, rule->fix.router, rule->fix.asterisk,
                                      rule->fix.kamailio };
        bool told = rule->should != NULL;

        assert_sentences(rule, &rule->should, 1, told);
        assert_sentences(rule, seen, G_N_ELEMENTS(seen), told);
        assert_sentences(rule, fixes, G_N_ELEMENTS(fixes), told);
        stories += told;
    }
    assert_true(stories >= 30);
}

static void every_area_is_one_of_the_catalogue(void **state)
{
    static const char *const areas[] = { "chain", "digest", "life", "below", "alg", "capture" };

    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        bool found = false;

        for (unsigned k = 0; k < G_N_ELEMENTS(areas); k++)
            found = found || strcmp(rule_table[i]->area, areas[k]) == 0;
        assert_true(found);
    }
}

static void every_rule_looks_at_exactly_one_subject(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const Rule *rule = rule_table[i];

        assert_int_equal((rule->check_chain != NULL) + (rule->check_device != NULL)
                             + (rule->check_site != NULL),
                         1);
    }
}

/* One that is believed nowhere would never speak; needs are about chains. */
static void every_rule_may_speak_somewhere(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const Rule *rule = rule_table[i];

        assert_true(rule->vantage != 0);
        assert_int_equal(rule->vantage & ~(uint32_t)REG_VANTAGE_ANY, 0);
        if (rule->check_chain == NULL)
            assert_int_equal(rule->needs, RULE_NEEDS_NOTHING);
    }
}

static void what_rests_on_absence_looks_at_the_end(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        if (rule_table[i]->absence && rule_table[i]->check_chain != NULL)
            assert_true(rule_table[i]->needs & RULE_NEEDS_TAIL);
    }
}

/* Lost packets must weaken them. */
static void what_reports_a_silence_rests_on_absence(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const Rule *rule = rule_table[i];

        if (g_str_has_suffix(rule->id, "_unanswered") || g_str_has_suffix(rule->id, "_ignored"))
            assert_true(rule->absence);
    }
}

static void umbrellas_name_known_findings_and_not_themselves(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        const char *const *narrower = rule_table[i]->silenced_by;

        for (; narrower != NULL && *narrower != NULL; narrower++) {
            if (!is_known(*narrower))
                fail_msg("%s is silenced by %s, which nobody knows", rule_table[i]->id, *narrower);
            assert_string_not_equal(*narrower, rule_table[i]->id);
        }
    }
}

static bool silences(const Rule *narrower, const Rule *umbrella)
{
    const char *const *id = umbrella->silenced_by;

    while (id != NULL && *id != NULL) {
        if (strcmp(*id++, narrower->id) == 0)
            return true;
    }
    return false;
}

/* Two that silence each other would both be gone. */
static void no_two_rules_silence_each_other(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        for (unsigned k = 0; rule_table[k] != NULL; k++)
            assert_false(silences(rule_table[i], rule_table[k])
                         && silences(rule_table[k], rule_table[i]));
    }
}

static void every_rule_is_found_by_its_id(void **state)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++)
        assert_ptr_equal(rule_find(rule_table[i]->id), rule_table[i]);
    assert_null(rule_find("no_such_rule"));
    assert_null(rule_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_sorted_and_unique),
        cmocka_unit_test(every_id_is_known),
        cmocka_unit_test(every_id_is_the_name_of_its_files),
        cmocka_unit_test(every_rule_has_a_line_in_the_documents),
        cmocka_unit_test(every_text_is_there),
        cmocka_unit_test(texts_end_as_they_should),
        cmocka_unit_test(a_story_is_told_as_a_whole),
        cmocka_unit_test(every_area_is_one_of_the_catalogue),
        cmocka_unit_test(every_rule_looks_at_exactly_one_subject),
        cmocka_unit_test(every_rule_may_speak_somewhere),
        cmocka_unit_test(what_rests_on_absence_looks_at_the_end),
        cmocka_unit_test(what_reports_a_silence_rests_on_absence),
        cmocka_unit_test(umbrellas_name_known_findings_and_not_themselves),
        cmocka_unit_test(no_two_rules_silence_each_other),
        cmocka_unit_test(every_rule_is_found_by_its_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
