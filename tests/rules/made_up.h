#pragma once

/*
 * Rules that do what a made-up chain tells them to, and an engine that runs
 * them.
 */

#include "rules/engine.h"
#include "support/check.h"

/* In a chain's place for what a made-up rule is to do: 'losses' says which
 * rules fire, one bit each. */
enum {
    FIRE_UMBRELLA = 1 << 0,
    FIRE_NARROW = 1 << 1,
    FIRE_ABSENCE = 1 << 2,
    FIRE_NOTE = 1 << 3,
    FIRE_WEAK = 1 << 4,
    ABSTAIN = 1 << 5,
};

static inline RuleVerdict fire(const RegChain *chain, Finding *finding, FindingGrade grade)
{
    finding_say(finding, "chain %u", (unsigned)chain->id);
    finding_cite(finding, "chain", (CaptureRef){ .frame = chain->id }, chain->opened, STR(""),
                 NULL);
    finding_grade(finding, grade, "a better capture");
    return RULE_FIRES;
}

static inline RuleVerdict check_umbrella(const RegChain *chain, Finding *finding)
{
    return chain->losses & FIRE_UMBRELLA ? fire(chain, finding, FINDING_PROVEN) : RULE_CLEAN;
}

static inline RuleVerdict check_narrow(const RegChain *chain, Finding *finding)
{
    return chain->losses & FIRE_NARROW ? fire(chain, finding, FINDING_PROVEN) : RULE_CLEAN;
}

static inline RuleVerdict check_absence(const RegChain *chain, Finding *finding)
{
    if (chain->losses & ABSTAIN)
        return rule_abstain(finding, chain->losses & FIRE_WEAK ? "one reason" : "another reason");
    return chain->losses & FIRE_ABSENCE
               ? fire(chain, finding, chain->losses & FIRE_WEAK ? FINDING_WEAK : FINDING_STRONG)
               : RULE_CLEAN;
}

static inline RuleVerdict check_note(const RegChain *chain, Finding *finding)
{
    if (chain->losses & ABSTAIN)
        return rule_abstain(finding, "another reason");
    return chain->losses & FIRE_NOTE ? fire(chain, finding, FINDING_PROVEN) : RULE_CLEAN;
}

static inline RuleVerdict check_device(const RegDevice *device, Nsec now, Finding *finding)
{
    if (device->n_refused == 0)
        return RULE_CLEAN;
    finding_say(finding, "%u refusals", (unsigned)device->n_refused);
    finding_cite(finding, "device", (CaptureRef){ .frame = 1 }, now, STR(""), NULL);
    finding->from = device->first_seen;
    finding->until = now;
    return RULE_FIRES;
}

static inline RuleVerdict check_site(const RegSite *site, Finding *finding)
{
    if (site->kind == REG_SITE_SOURCE) {
        finding_say(finding, "%s", site->source->user_agent);
        return RULE_FIRES;
    }
    finding_say(finding, "%s", site->capture->info->path);
    finding->from = finding->until = 7; /* its own time stays */
    return RULE_FIRES;
}

static const char *const narrower[] = { "narrow", "device", NULL };

static const Rule umbrella = { .id = "umbrella",
                               .severity = FINDING_FAILURE,
                               .vantage = REG_VANTAGE_ANY,
                               .silenced_by = narrower,
                               .check_chain = check_umbrella };
static const Rule narrow = { .id = "narrow",
                             .severity = FINDING_FAILURE,
                             .vantage = REG_VANTAGE_ANY,
                             .check_chain = check_narrow };
static const Rule absence = { .id = "absence",
                              .severity = FINDING_FAILURE,
                              .vantage = REG_VANTAGE_ANY,
                              .absence = true,
                              .check_chain = check_absence };
static const Rule note = {
    .id = "note", .severity = FINDING_NOTE, .vantage = REG_VANTAGE_ANY, .check_chain = check_note
};
static const Rule device_rule = { .id = "device",
                                  .severity = FINDING_FAILURE,
                                  .vantage = REG_VANTAGE_ANY,
                                  .check_device = check_device };
static const Rule site_rule = {
    .id = "site", .severity = FINDING_WARNING, .vantage = REG_VANTAGE_ANY, .check_site = check_site
};

static const Rule *const table[] = { &absence,   &device_rule, &narrow, &note,
                                     &site_rule, &umbrella,    NULL };

typedef struct Told {
    unsigned n;
} Told;

static inline void on_finding(const Finding *finding, void *user)
{
    Told *told = user;

    told->n++;
}

static const RegDevice alice = { .id = 1, .aor = (char *)"alice@example.com" };
static const RegDevice bob = { .id = 2, .aor = (char *)"bob@example.com" };

/* A chain of one step; NULL: it was not answered. */
static inline bool push_answered(RuleEngine *engine, const RegDevice *device, Nsec time,
                                 uint32_t what, SipMessage *answer)
{
    SipTxn txn = { .answer = answer };
    RegStep step = { .sightings = { &txn }, .n_sightings = answer != NULL };
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    RegChain chain = { .id = (uint64_t)time,
                       .device = device,
                       .vantage = REG_VANTAGE_CLIENT,
                       .opened = time,
                       .last = time + 1,
                       .watched = time + 100,
                       .losses = what,
                       .steps = steps };

    g_array_append_val(steps, step);
    return rule_engine_chain(engine, &chain);
}

static inline bool push(RuleEngine *engine, const RegDevice *device, Nsec time, uint32_t what)
{
    return push_answered(engine, device, time, what, NULL);
}

static const Finding *finding_at(const RuleEngine *engine, unsigned index)
{
    const GPtrArray *findings = rule_engine_findings(engine);

    assert_true(index < findings->len);
    return g_ptr_array_index(findings, index);
}

/* "narrow/1 absence/2": rule and device, in the order of the report. */
static inline void assert_found(RuleEngine *engine, const char *words)
{
    g_autoptr(GString) found = g_string_new(NULL);

    rule_engine_finish(engine);
    for (unsigned i = 0; i < rule_engine_findings(engine)->len; i++)
        g_string_append_printf(found, "%s%s/%u", i > 0 ? " " : "", finding_at(engine, i)->rule->id,
                               (unsigned)finding_at(engine, i)->device);
    assert_string_equal(found->str, words);
}
