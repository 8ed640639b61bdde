/*
 * From a scenario to a verdict, with rules made for the purpose.
 */

#include "support/judge.h"

#include "support/check.h"

static const char accepted[] = "at 0 phone -> server registration\n"
                               "end 60\n";

static const char refused_then_accepted[] = "at 0 phone -> server REGISTER\n"
                                            "at 1 server -> phone 403\n"
                                            "at 200 phone -> server registration\n"
                                            "end 300\n";

static RuleVerdict check_chain(const RegChain *chain, Finding *finding)
{
    if (chain->outcome == REG_OUTCOME_ACCEPTED)
        return RULE_CLEAN;
    finding_say(finding, "%s was refused", chain->device->aor);
    return RULE_FIRES;
}

static const Rule chain_rule = { .id = "refused",
                                 .vantage = REG_VANTAGE_ANY,
                                 .check_chain = check_chain };

static RuleVerdict check_device(const RegDevice *device, Nsec now, Finding *finding)
{
    finding_say(finding, "%s, %u s later", device->aor,
                (unsigned)((now - device->first_seen) / NSEC_SEC));
    return device->n_accepted > 0 ? RULE_FIRES : RULE_CLEAN;
}

static const Rule device_rule = { .id = "accepted",
                                  .vantage = REG_VANTAGE_ANY,
                                  .check_device = check_device };

static RuleVerdict check_site(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CAPTURE)
        return RULE_CLEAN;
    if (site->capture->info->cut_frames == 0)
        return rule_abstain(finding, "no frame was cut");
    finding_say(finding, "%u of %u frames are cut", (unsigned)site->capture->info->cut_frames,
                (unsigned)site->capture->info->packets);
    return RULE_FIRES;
}

static const Rule site_rule = { .id = "cut", .vantage = REG_VANTAGE_ANY, .check_site = check_site };

static void a_chain_rule_looks_at_every_chain_and_the_strongest_verdict_counts(void **state)
{
    g_autoptr(Judgement) clean = judge(accepted, &chain_rule);
    g_autoptr(Judgement) fires = judge(refused_then_accepted, &chain_rule);

    assert_int_equal(clean->verdict, RULE_CLEAN);
    assert_int_equal(clean->looked, 1);
    assert_int_equal(fires->verdict, RULE_FIRES);
    assert_int_equal(fires->looked, 2);
    assert_string_equal(fires->finding->summary, "alice@example.com was refused");
}

static void a_device_rule_is_told_when_the_capture_ended(void **state)
{
    g_autoptr(Judgement) j = judge(accepted, &device_rule);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->looked, 1);
    assert_string_equal(j->finding->summary, "alice@example.com, 60 s later");
}

static void a_site_rule_sees_the_capture(void **state)
{
    g_autoptr(Judgement) whole = judge(accepted, &site_rule);
    g_autoptr(Judgement) cut =
        judge("snaplen 200\nat 0 phone -> server registration\nend 1\n", &site_rule);

    assert_int_equal(whole->verdict, RULE_ABSTAINS);
    assert_string_equal(whole->finding->abstained_because, "no frame was cut");
    assert_int_equal(cut->verdict, RULE_FIRES);
    assert_string_equal(cut->finding->summary, "4 of 5 frames are cut");
}

static void a_rule_that_may_not_speak_there_abstains(void **state)
{
    static const Rule elsewhere = { .id = "elsewhere",
                                    .vantage = REG_VANTAGE_SERVER,
                                    .check_chain = check_chain };
    g_autofree char *beside_server = g_strconcat("vantage server\n", refused_then_accepted, NULL);
    g_autoptr(Judgement) client = judge(refused_then_accepted, &elsewhere);
    g_autoptr(Judgement) server = judge(beside_server, &elsewhere);

    assert_int_equal(client->verdict, RULE_ABSTAINS);
    assert_int_equal(server->verdict, RULE_FIRES);
}

static void all_rules_together_find_nothing_in_a_healthy_registration(void **state)
{
    g_autofree char *ids = judge_all(accepted);

    assert_string_equal(ids, "");
}

static void all_rules_together_give_ids_with_blanks_between(void **state)
{
    g_autofree char *ids = judge_all("at 0 phone -> server REGISTER\n"
                                     "at 1 server -> phone 404\n"
                                     "phone two 192.168.1.11 user=bob\n"
                                     "at 2 two -> server REGISTER\n"
                                     "at 3 server -> two 500\n"
                                     "end 60\n");

    assert_string_equal(ids, "account_unknown server_error");
}

static RuleVerdict check_digest(const RegChain *chain, Finding *finding)
{
    RegDigestVerdict verdict = reg_chain_last_step(chain)->digest.verdict;

    finding_say(finding, "%s", reg_digest_verdict_name(verdict));
    return RULE_FIRES;
}

static void credentials_are_checked_when_they_are_given(void **state)
{
    static const Rule digest_rule = { .id = "digest",
                                      .vantage = REG_VANTAGE_ANY,
                                      .check_chain = check_digest };
    g_autoptr(Judgement) without = judge(accepted, &digest_rule);
    g_autoptr(Judgement) right = judge_with(accepted, "alice:*:secret\n", &digest_rule);
    g_autoptr(Judgement) wrong = judge_with(accepted, "alice:*:other\n", &digest_rule);

    assert_string_equal(without->finding->summary, "none");
    assert_string_equal(right->finding->summary, "match");
    assert_string_equal(wrong->finding->summary, "mismatch");
}

static void all_rules_together_check_credentials_too(void **state)
{
    static const char refused[] = "vantage client\n"
                                  "at 0     phone -> server REGISTER\n"
                                  "at 0.020 server -> phone 401\n"
                                  "at 0.060 phone -> server REGISTER auth\n"
                                  "at 0.080 server -> phone 403\n"
                                  "end 60\n";
    g_autofree char *without = judge_all(refused);
    g_autofree char *with = judge_all_with(refused, "alice:*:other\n");

    assert_string_equal(without, "credentials_refused");
    assert_string_equal(with, "password_wrong");
}

static void add_aor(const RegDevice *device, void *user)
{
    g_string_append_printf(user, "%s ", device->aor);
}

static void every_device_can_be_looked_at(void **state)
{
    g_autoptr(GString) aors = g_string_new(NULL);

    RegConfig one = reg_config_default;

    one.max_devices = 1;
    judge_devices("phone two 192.168.1.11 user=bob\n"
                  "at 0 phone -> server registration\n"
                  "at 1 two -> server registration\n",
                  NULL, add_aor, aors);
    assert_string_equal(aors->str, "alice@example.com bob@example.com ");
    g_string_truncate(aors, 0);
    judge_devices("phone two 192.168.1.11 user=bob\n"
                  "at 0 phone -> server registration\n"
                  "at 1 two -> server registration\n",
                  &one, add_aor, aors);
    assert_string_equal(aors->str, "bob@example.com ");
}

static RuleVerdict count_hops(const RegChain *chain, Finding *finding)
{
    finding_say(finding, "%u", reg_chain_step(chain, 0)->n_sightings);
    return RULE_FIRES;
}

static void one_story_at_two_places_is_one_attempt(void **state)
{
    static const Rule rule = { .id = "hops",
                               .vantage = REG_VANTAGE_ANY,
                               .check_chain = count_hops };
    g_autoptr(Judgement) j =
        judge_between("vantage client said\nat 0 phone -> server registration\n",
                      "vantage server said\nat 0 phone -> server registration\n", &rule);

    assert_int_equal(j->looked, 1);
    assert_string_equal(j->finding->summary, "2");
}

static void add_sides(const RegDevice *device, void *user)
{
    g_string_append_printf(user, "%u attempt, %u inside, %u outside\n",
                           (unsigned)device->n_attempts, device->n_addresses,
                           device->n_public_addresses);
}

static void devices_of_two_captures_can_be_looked_at(void **state)
{
    g_autofree char *inside = g_strconcat("vantage client said\n", accepted, NULL);
    g_autofree char *outside = g_strconcat("vantage middle said\n", accepted, NULL);
    g_autoptr(GString) sides = g_string_new(NULL);

    judge_devices_between(inside, outside, add_sides, sides);
    assert_string_equal(sides->str, "1 attempt, 1 inside, 1 outside\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_rule_looks_at_every_chain_and_the_strongest_verdict_counts),
        cmocka_unit_test(a_device_rule_is_told_when_the_capture_ended),
        cmocka_unit_test(a_site_rule_sees_the_capture),
        cmocka_unit_test(a_rule_that_may_not_speak_there_abstains),
        cmocka_unit_test(all_rules_together_find_nothing_in_a_healthy_registration),
        cmocka_unit_test(all_rules_together_give_ids_with_blanks_between),
        cmocka_unit_test(credentials_are_checked_when_they_are_given),
        cmocka_unit_test(all_rules_together_check_credentials_too),
        cmocka_unit_test(every_device_can_be_looked_at),
        cmocka_unit_test(devices_of_two_captures_can_be_looked_at),
        cmocka_unit_test(one_story_at_two_places_is_one_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
