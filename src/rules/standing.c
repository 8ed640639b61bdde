/*
 * Which findings stand on devices, and when one is over.
 *
 * The rules stay without memory. What has to be remembered to tell that
 * something is over is here: what stands, and on what kind of attempt it was
 * found.
 */

#include "standing_list.h"

static const char accepted_again[] = "the device is accepted again";
static const char stable_since[] = "the device has been stable since";

/* --- attempts ------------------------------------------------------------- */

static StandingKind kind_of(const RegChain *chain)
{
    StandingKind kind = { .accepted = chain->outcome == REG_OUTCOME_ACCEPTED,
                          .removes = chain->purpose == REG_PURPOSE_REMOVE,
                          .queries = chain->purpose == REG_PURPOSE_QUERY };

    for (unsigned i = 0; i < chain->steps->len; i++)
        kind.challenged |= reg_chain_step(chain, i)->challenged;
    return kind;
}

/* Whether an accepted attempt of one kind tells of what was found on the other. */
static bool shows_end(const StandingKind *found, const StandingKind *later, RuleVerdict verdict)
{
    if (!later->accepted || verdict == RULE_FIRES || later->queries)
        return false;
    if (!found->accepted)
        return true;
    return verdict == RULE_CLEAN && found->removes == later->removes
           && found->queries == later->queries && found->challenged == later->challenged;
}

/* Of notes nothing is ever over. */
static bool is_about_chains(const StandingEntry *entry)
{
    return standing_counts(entry->finding) && entry->finding->rule->check_chain != NULL;
}

static void end_by_chain(RuleStanding *standing, StandingSubject *subject, const RegChain *chain,
                         const RuleVerdict *verdicts)
{
    const SipMessage *answer = reg_step_answer(reg_chain_last_step(chain));
    StandingKind kind = kind_of(chain);

    for (unsigned i = subject->entries->len; i > 0; i--) {
        const StandingEntry *entry = &g_array_index(subject->entries, StandingEntry, i - 1);
        bool failed = !entry->kind.accepted;

        if (!is_about_chains(entry) || answer == NULL || answer->meta.time <= entry->finding->until
            || !shows_end(&entry->kind, &kind, verdicts[entry->rule]))
            continue;
        standing_end(standing, subject, i - 1, answer->meta.time,
                     failed ? accepted_again : "a later attempt is free of it");
    }
}

static unsigned place_of(const RuleStanding *standing, const Rule *rule)
{
    unsigned place = 0;

    while (standing->config.table[place] != rule)
        place++;
    return place;
}

/* One that failed may be judged only when another one was accepted already. */
static void take_fired(RuleStanding *standing, StandingSubject *subject, const RegChain *chain,
                       const Finding *finding)
{
    unsigned rule = place_of(standing, finding->rule);
    StandingEntry *entry = standing_entry(subject, rule);

    if (finding->silenced)
        return;
    if (entry != NULL)
        standing_go_on(entry, finding, true);
    else if (standing_explains(subject, finding))
        return;
    else
        standing_begin(standing, subject, rule, finding);
    entry = standing_entry(subject, rule);
    entry->kind = kind_of(chain);
    if (!entry->kind.accepted && chain->recovered && standing_counts(finding))
        standing_end(standing, subject,
                     (unsigned)(entry - (StandingEntry *)(void *)subject->entries->data),
                     chain->device->last_accepted, accepted_again);
}

void rule_standing_chain(RuleStanding *standing, const RegChain *chain, const RuleVerdict *verdicts,
                         const GPtrArray *fired)
{
    StandingKey key = { .device = chain->device->id };
    StandingSubject *subject = standing_find(standing, &key);

    standing->now = MAX(standing->now, chain->watched);
    if (subject == NULL && fired->len == 0)
        return;
    if (subject == NULL)
        subject = standing_need(standing, &key);
    end_by_chain(standing, subject, chain, verdicts);
    for (unsigned i = 0; i < fired->len; i++)
        take_fired(standing, subject, chain, g_ptr_array_index(fired, i));
    standing_clean_up(standing, subject);
}

/* --- devices -------------------------------------------------------------- */

/* Rules about registering: an answer that accepts the device is the end of it. */
static bool is_about_registering(const Rule *rule)
{
    return strcmp(rule->area, "chain") == 0 || strcmp(rule->area, "below") == 0;
}

/* A record does not forget: that a phone has failed is true long after it was mended. NSEC_NONE:
 * it still is; else since when it is history. */
static Nsec history_since(const RuleStanding *standing, const RegStanding *stands,
                          const Finding *finding)
{
    const Rule *rule = finding->rule;
    Nsec settle = standing->config.stability.settle;
    bool stable = stands->condition == REG_CONDITION_STABLE;
    Nsec calm = stable ? stands->since - settle : stands->since;

    if (!stable && stands->condition != REG_CONDITION_SETTLING)
        return NSEC_NONE;
    if (finding_newest(finding) > calm)
        return NSEC_NONE;
    if (is_about_registering(rule))
        return calm;
    return stable && rule->severity == FINDING_FAILURE ? stands->since : NSEC_NONE;
}

static bool is_umbrella_of(const GPtrArray *fired, const Finding *finding)
{
    for (unsigned i = 0; i < fired->len; i++) {
        if (rule_explains(g_ptr_array_index(fired, i), finding))
            return true;
    }
    return false;
}

static void free_finding(void *item)
{
    finding_free(item);
}

/* The findings of the rules about devices; 'abstained' has the rules that could not tell. */
static GPtrArray *ask_rules(RuleStanding *standing, const RegDevice *device, Nsec now,
                            const StandingSubject *subject)
{
    GPtrArray *fired = g_ptr_array_new_with_free_func(free_finding);

    for (unsigned i = 0; standing->config.table[i] != NULL; i++) {
        const Rule *rule = standing->config.table[i];

        if (rule->check_device == NULL)
            continue;

        Finding *finding = standing_blank(standing, rule);
        RuleVerdict verdict = rule_apply_device(rule, device, now, finding);
        StandingEntry *entry = subject != NULL ? standing_entry(subject, i) : NULL;

        if (entry != NULL)
            entry->seen = verdict != RULE_CLEAN;
        if (verdict == RULE_FIRES) {
            rule_name_device(finding, device, device->first_seen, device->last_seen);
            g_ptr_array_add(fired, finding);
        } else {
            standing->blank = finding;
        }
    }
    return fired;
}

static void take_device(RuleStanding *standing, StandingSubject *subject, const RegStanding *stands,
                        const GPtrArray *fired)
{
    for (unsigned i = 0; i < fired->len; i++) {
        const Finding *finding = g_ptr_array_index(fired, i);
        unsigned rule = place_of(standing, finding->rule);
        StandingEntry *entry = standing_entry(subject, rule);
        Nsec history = history_since(standing, stands, finding);

        if (entry != NULL)
            standing_go_on(entry, finding, false);
        if (entry != NULL && standing_counts(finding) && history != NSEC_NONE)
            standing_end(standing, subject,
                         (unsigned)(entry - (StandingEntry *)(void *)subject->entries->data),
                         history,
                         is_about_registering(finding->rule) ? accepted_again : stable_since);
        if (entry == NULL && history == NSEC_NONE && !is_umbrella_of(fired, finding)
            && !standing_explains(subject, finding))
            standing_begin(standing, subject, rule, finding);
    }
}

static void end_unseen(RuleStanding *standing, StandingSubject *subject, Nsec now)
{
    for (unsigned i = subject->entries->len; i > 0; i--) {
        const StandingEntry *entry = &g_array_index(subject->entries, StandingEntry, i - 1);

        if (standing_counts(entry->finding) && entry->finding->rule->check_device != NULL
            && !entry->seen)
            standing_end(standing, subject, i - 1, now, "it is not so any more");
    }
}

void rule_standing_device(RuleStanding *standing, const RegDevice *device,
                          const RegStanding *stands, Nsec now)
{
    StandingKey key = { .device = device->id };

    standing->now = MAX(standing->now, now);
    if (device->scanner) {
        rule_standing_forget(standing, device->id, now);
        return;
    }

    StandingSubject *subject = standing_find(standing, &key);
    g_autoptr(GPtrArray) fired = ask_rules(standing, device, now, subject);

    if (subject == NULL && fired->len == 0)
        return;
    if (subject == NULL)
        subject = standing_need(standing, &key);
    end_unseen(standing, subject, now);
    take_device(standing, subject, stands, fired);
    standing_clean_up(standing, subject);
}

static StandingSubject *peek_device(const RuleStanding *standing, uint64_t device)
{
    return cache_peek(standing->subjects, &(StandingKey){ .device = device });
}

void rule_standing_forget(RuleStanding *standing, uint64_t device, Nsec now)
{
    StandingSubject *subject = peek_device(standing, device);

    if (subject == NULL)
        return;
    standing->now = MAX(standing->now, now);
    for (unsigned i = 0; i < subject->entries->len; i++)
        standing_tell_over(standing, g_array_index(subject->entries, StandingEntry, i).finding,
                           standing->now, "the device is not known any more", true);
    cache_remove(standing->subjects, subject);
}

const Finding *rule_standing_worst(const RuleStanding *standing, uint64_t device)
{
    const StandingSubject *subject = peek_device(standing, device);
    const Finding *worst = NULL;

    for (unsigned i = 0; subject != NULL && i < subject->entries->len; i++) {
        const Finding *finding = g_array_index(subject->entries, StandingEntry, i).finding;

        if (standing_counts(finding) && (worst == NULL || finding_compare(finding, worst) < 0))
            worst = finding;
    }
    return worst;
}
