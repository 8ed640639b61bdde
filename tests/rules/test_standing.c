/* Findings begin to stand, and are over. */

#include "rules/standing.h"

#include "support/check.h"

#define SECONDS(n) ((Nsec)(n)*NSEC_SEC)

static RuleVerdict says; /* of the rule about devices; a test sets it */
static Nsec newest;      /* and when what it found was */

static RuleVerdict check_chain(const RegChain *chain, Finding *finding)
{
    return RULE_CLEAN;
}

static RuleVerdict check_device(const RegDevice *device, Nsec now, Finding *finding)
{
    finding_say(finding, "The device does something.");
    finding_cite(finding, "it", (CaptureRef){ .frame = 1 }, newest, STR("x"), NULL);
    return says;
}

static RuleVerdict check_site(const RegSite *site, Finding *finding)
{
    finding_say(finding, "Somebody does something.");
    finding->from = finding->until = newest;
    return says;
}

static const char *const narrower[] = { "narrow", NULL };
static const Rule wide = { .id = "wide",
                           .title = "wide",
                           .severity = FINDING_FAILURE,
                           .vantage = ~0u,
                           .silenced_by = narrower,
                           .check_chain = check_chain };
static const Rule narrow = {
    .id = "narrow", .title = "narrow", .severity = FINDING_FAILURE, .check_chain = check_chain
};
static const Rule noted = {
    .id = "noted", .title = "noted", .severity = FINDING_NOTE, .check_chain = check_chain
};
static const Rule lasting = { .id = "lasting",
                              .area = "life",
                              .title = "lasting",
                              .severity = FINDING_FAILURE,
                              .vantage = ~0u,
                              .check_device = check_device };
static const Rule here = {
    .id = "here", .title = "here", .severity = FINDING_WARNING, .check_site = check_site
};

static const Rule *const table[] = { &wide, &narrow, &noted, NULL };
static const Rule *const device_table[] = { &lasting, NULL };
static const Rule *const site_table[] = { &here, NULL };

static void on_begins(const Finding *finding, void *user)
{
    g_string_append_printf(user, "%s;", finding->rule->id);
}

static void on_over(const RuleOver *over, void *user)
{
    g_string_append_printf(user, "%s %s %d-%d;", over->finding->rule->id,
                           over->lost ? "lost" : "over", (int)(over->from / NSEC_SEC),
                           (int)(over->time / NSEC_SEC));
}

typedef struct Bench {
    RuleStanding *standing;
    GString *told;
    RegDevice device;
} Bench;

static void bench_init(Bench *bench, const Rule *const *rules, size_t max)
{
    bench->told = g_string_new(NULL);
    bench->device = (RegDevice){ .id = 7, .aor = (char *)"alice@example.com" };
    bench->device.last_accepted = NSEC_NONE;
    bench->standing = rule_standing_new(
        &(RuleStandingConfig){
            .table = rules, .stability = { .settle = SECONDS(300) }, .max_findings = max },
        &(RuleStandingSink){ on_begins, on_over, bench->told });
}

static void bench_clear(Bench *bench)
{
    rule_standing_free(bench->standing);
    g_string_free(bench->told, TRUE);
}

/* One attempt, of one step, that ended at 'time'. */
typedef struct Tried {
    Nsec time;
    RegOutcome outcome;
    RegPurpose purpose;
    bool recovered;
    const Rule *fires;    /* NULL: none */
    RuleVerdict verdicts; /* of all others */
} Tried;

static void tries(Bench *bench, Tried tried)
{
    RuleVerdict verdicts[3] = { tried.verdicts, tried.verdicts, tried.verdicts };
    g_autoptr(GPtrArray) fired = g_ptr_array_new();
    g_autoptr(Finding) finding = finding_new(&wide);
    SipMessage answer = { .meta.time = tried.time, .status = 200 };
    SipTxn txn = { .answer = &answer, .status = 200, .opened = tried.time };
    g_autoptr(GArray) steps = g_array_new(false, true, sizeof(RegStep));
    RegStep step = { .sightings = { &txn }, .n_sightings = 1 };
    RegChain chain = { .device = &bench->device,
                       .purpose = tried.purpose,
                       .outcome = tried.outcome,
                       .opened = tried.time,
                       .last = tried.time,
                       .watched = tried.time,
                       .recovered = tried.recovered,
                       .steps = steps };

    g_array_append_val(steps, step);
    for (unsigned i = 0; table[i] != NULL; i++) {
        if (table[i] != tried.fires)
            continue;
        verdicts[i] = RULE_FIRES;
        finding->rule = tried.fires;
        finding->device = bench->device.id;
        finding->from = finding->until = tried.time;
        g_ptr_array_add(fired, finding);
    }
    rule_standing_chain(bench->standing, &chain, verdicts, fired);
}

static void assert_told(Bench *bench, const char *expected)
{
    assert_string_equal(bench->told->str, expected);
    g_string_truncate(bench->told, 0);
}

static void a_failure_is_told_once_and_over_when_the_device_is_accepted(void **state)
{
    Bench bench;

    bench_init(&bench, table, 0);
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_REFUSED, .fires = &wide });
    tries(&bench, (Tried){ .time = SECONDS(20), .outcome = REG_OUTCOME_REFUSED, .fires = &wide });
    assert_told(&bench, "wide;");
    assert_int_equal(rule_standing_count(bench.standing, 0), 1);
    assert_int_equal(rule_standing_worst(bench.standing, 7)->count, 2);
    tries(
        &bench,
        (Tried){ .time = SECONDS(30), .outcome = REG_OUTCOME_ACCEPTED, .verdicts = RULE_ABSTAINS });
    assert_told(&bench, "wide over 10-30;");
    assert_int_equal(rule_standing_count(bench.standing, 0), 0);
    assert_null(rule_standing_worst(bench.standing, 7));
    tries(&bench, (Tried){ .time = SECONDS(40), .outcome = REG_OUTCOME_REFUSED, .fires = &wide });
    assert_told(&bench, "wide;");
    bench_clear(&bench);
}

static void another_failure_does_not_end_it(void **state)
{
    Bench bench;

    bench_init(&bench, table, 0);
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_REFUSED, .fires = &wide });
    tries(&bench, (Tried){ .time = SECONDS(20), .outcome = REG_OUTCOME_UNANSWERED });
    tries(&bench, (Tried){ .time = SECONDS(30), .outcome = REG_OUTCOME_UNKNOWN });
    tries(&bench, (Tried){ .time = SECONDS(40),
                           .outcome = REG_OUTCOME_ACCEPTED,
                           .purpose = REG_PURPOSE_QUERY });
    assert_told(&bench, "wide;");
    bench_clear(&bench);
}

static void what_succeeds_is_over_only_when_the_rule_is_clean(void **state)
{
    Bench bench;

    bench_init(&bench, table, 0);
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_ACCEPTED, .fires = &wide });
    tries(
        &bench,
        (Tried){ .time = SECONDS(20), .outcome = REG_OUTCOME_ACCEPTED, .verdicts = RULE_ABSTAINS });
    tries(&bench, (Tried){ .time = SECONDS(30),
                           .outcome = REG_OUTCOME_ACCEPTED,
                           .purpose = REG_PURPOSE_REMOVE });
    assert_told(&bench, "wide;");
    tries(&bench, (Tried){ .time = SECONDS(40), .outcome = REG_OUTCOME_ACCEPTED });
    assert_told(&bench, "wide over 10-40;");
    bench_clear(&bench);
}

static void one_that_is_judged_too_late_is_over_at_once(void **state)
{
    Bench bench;

    bench_init(&bench, table, 0);
    bench.device.last_accepted = SECONDS(25);
    tries(&bench, (Tried){ .time = SECONDS(10),
                           .outcome = REG_OUTCOME_UNANSWERED,
                           .recovered = true,
                           .fires = &wide });
    assert_told(&bench, "wide;wide over 10-25;");
    bench_clear(&bench);
}

static void a_narrower_finding_ends_an_umbrella(void **state)
{
    Bench bench;

    bench_init(&bench, table, 0);
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_REFUSED, .fires = &wide });
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_REFUSED, .fires = &narrow });
    assert_told(&bench, "wide;wide over 10-10;narrow;");
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_REFUSED, .fires = &wide });
    assert_told(&bench, "");
    bench_clear(&bench);
}

static void a_note_is_told_once_and_never_over(void **state)
{
    Bench bench;

    bench_init(&bench, table, 0);
    tries(&bench, (Tried){ .time = SECONDS(10), .outcome = REG_OUTCOME_ACCEPTED, .fires = &noted });
    tries(&bench, (Tried){ .time = SECONDS(20), .outcome = REG_OUTCOME_ACCEPTED });
    tries(&bench, (Tried){ .time = SECONDS(30), .outcome = REG_OUTCOME_ACCEPTED, .fires = &noted });
    assert_told(&bench, "noted;");
    assert_int_equal(rule_standing_count(bench.standing, 2), 0);
    assert_null(rule_standing_worst(bench.standing, 7));
    bench_clear(&bench);
}

static void looks(Bench *bench, RegCondition condition, Nsec since, Nsec now)
{
    RegStanding stands = { .condition = condition, .since = since };

    rule_standing_device(bench->standing, &bench->device, &stands, now);
}

static void a_device_is_free_of_what_its_rule_does_not_find_any_more(void **state)
{
    Bench bench;

    bench_init(&bench, device_table, 0);
    newest = SECONDS(5);
    says = RULE_FIRES;
    looks(&bench, REG_CONDITION_LOST, SECONDS(5), SECONDS(10));
    looks(&bench, REG_CONDITION_LOST, SECONDS(5), SECONDS(15));
    assert_told(&bench, "lasting;");
    says = RULE_ABSTAINS;
    looks(&bench, REG_CONDITION_LOST, SECONDS(5), SECONDS(20));
    assert_told(&bench, "");
    says = RULE_CLEAN;
    looks(&bench, REG_CONDITION_LOST, SECONDS(5), SECONDS(25));
    assert_told(&bench, "lasting over 0-25;");
    bench_clear(&bench);
}

static void a_failure_is_history_when_the_device_is_stable_since(void **state)
{
    Bench bench;

    bench_init(&bench, device_table, 0);
    newest = SECONDS(5);
    says = RULE_FIRES;
    looks(&bench, REG_CONDITION_SETTLING, SECONDS(6), SECONDS(10));
    looks(&bench, REG_CONDITION_STABLE, SECONDS(306), SECONDS(307));
    looks(&bench, REG_CONDITION_STABLE, SECONDS(306), SECONDS(400));
    assert_told(&bench, "lasting;lasting over 0-306;");
    newest = SECONDS(500); /* it happened again */
    looks(&bench, REG_CONDITION_LOST, SECONDS(500), SECONDS(501));
    assert_told(&bench, "lasting;");
    bench_clear(&bench);
}

static void a_forgotten_device_is_lost(void **state)
{
    Bench bench;

    bench_init(&bench, device_table, 0);
    says = RULE_FIRES;
    looks(&bench, REG_CONDITION_LOST, SECONDS(5), SECONDS(10));
    rule_standing_forget(bench.standing, 7, SECONDS(20));
    rule_standing_forget(bench.standing, 7, SECONDS(21));
    assert_told(&bench, "lasting;lasting lost 0-20;");
    assert_int_equal(rule_standing_table(bench.standing).items, 0);
    bench_clear(&bench);
}

static void a_full_table_gives_up_the_oldest(void **state)
{
    Bench bench;

    bench_init(&bench, device_table, 2);
    says = RULE_FIRES;
    for (unsigned i = 1; i <= 3; i++) {
        bench.device.id = i;
        looks(&bench, REG_CONDITION_LOST, SECONDS(i), SECONDS(i));
    }
    assert_told(&bench, "lasting;lasting;lasting lost 0-3;lasting;");
    assert_int_equal(rule_standing_count(bench.standing, 0), 2);
    assert_int_equal(rule_standing_table(bench.standing).dropped_full, 1);
    bench_clear(&bench);
}

static void a_place_is_over_when_it_is_quiet(void **state)
{
    RegSourceSite source = { .addr = { .version = 4, .bytes = { 192, 0, 2, 1 } } };
    RegSite site = { .kind = REG_SITE_SOURCE, .source = &source };
    Bench bench;

    bench_init(&bench, site_table, 0);
    says = RULE_FIRES;
    newest = SECONDS(100);
    rule_standing_site(bench.standing, &site, SECONDS(110));
    rule_standing_sites_end(bench.standing, SECONDS(110));
    rule_standing_site(bench.standing, &site, SECONDS(700));
    assert_told(&bench, "here;");
    rule_standing_site(bench.standing, &site, SECONDS(701));
    assert_told(&bench, "here over 100-701;");
    newest = SECONDS(710);
    rule_standing_site(bench.standing, &site, SECONDS(711));
    rule_standing_sites_end(bench.standing, SECONDS(711));
    rule_standing_sites_end(bench.standing, SECONDS(721)); /* its record made room */
    assert_told(&bench, "here;here over 710-721;");
    bench_clear(&bench);
}

static void a_crowd_is_over_when_somebody_succeeds(void **state)
{
    RegCrowd crowd = { .last_success = SECONDS(50), .recovered = NSEC_NONE };
    RegSite site = { .kind = REG_SITE_CROWD, .crowd = &crowd };
    Bench bench;

    bench_init(&bench, site_table, 0);
    says = RULE_FIRES;
    newest = SECONDS(100);
    rule_standing_site(bench.standing, &site, SECONDS(110));
    crowd.failures.first_time = SECONDS(60); /* one that failed before is told later */
    rule_standing_site(bench.standing, &site, SECONDS(120));
    assert_told(&bench, "here;");
    crowd.recovered = SECONDS(125);
    rule_standing_site(bench.standing, &site, SECONDS(130));
    rule_standing_site(bench.standing, &site, SECONDS(140));
    assert_told(&bench, "here over 100-125;");
    bench_clear(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_told_once_and_over_when_the_device_is_accepted),
        cmocka_unit_test(another_failure_does_not_end_it),
        cmocka_unit_test(what_succeeds_is_over_only_when_the_rule_is_clean),
        cmocka_unit_test(one_that_is_judged_too_late_is_over_at_once),
        cmocka_unit_test(a_narrower_finding_ends_an_umbrella),
        cmocka_unit_test(a_note_is_told_once_and_never_over),
        cmocka_unit_test(a_device_is_free_of_what_its_rule_does_not_find_any_more),
        cmocka_unit_test(a_failure_is_history_when_the_device_is_stable_since),
        cmocka_unit_test(a_forgotten_device_is_lost),
        cmocka_unit_test(a_full_table_gives_up_the_oldest),
        cmocka_unit_test(a_place_is_over_when_it_is_quiet),
        cmocka_unit_test(a_crowd_is_over_when_somebody_succeeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
