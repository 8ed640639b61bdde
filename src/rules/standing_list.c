/*
 * The lists of what stands: a short one for each device or site that has any.
 *
 * A beginning and an end are told from here and from nowhere else, so that
 * nothing is told twice and the numbers are right.
 */

#include "standing_list.h"

#include "base/hash.h"

/* More than anybody can look after; what goes is told to be lost. */
#define MAX_FINDINGS 65536

/* About what one takes, with its sentences and facts. */
#define FINDING_BYTES 1536

static uint64_t key_hash(const void *key)
{
    const StandingKey *k = key;

    return hash_mix(hash_bytes(&k->device, sizeof(k->device)), k->site);
}

static bool key_equal(const void *a, const void *b)
{
    const StandingKey *x = a, *y = b;

    return x->device == y->device && x->site == y->site;
}

/* --- telling -------------------------------------------------------------- */

bool standing_counts(const Finding *finding)
{
    return finding->rule->severity != FINDING_NOTE;
}

void standing_tell_over(RuleStanding *standing, const Finding *finding, Nsec time,
                        const char *because, bool lost)
{
    RuleOver over = { finding, finding->from, MAX(time, finding->from), because, lost };

    if (standing_counts(finding) && standing->sink.over != NULL)
        standing->sink.over(&over, standing->sink.user);
}

void standing_end(RuleStanding *standing, StandingSubject *subject, unsigned at, Nsec time,
                  const char *because)
{
    StandingEntry entry = g_array_index(subject->entries, StandingEntry, at);

    g_array_remove_index(subject->entries, at);
    if (standing_counts(entry.finding))
        standing->counts[entry.rule]--;
    standing_tell_over(standing, entry.finding, time, because, false);
    finding_free(entry.finding);
}

static void drop_subject(void *item, CacheDrop why, void *user)
{
    RuleStanding *standing = user;
    StandingSubject *subject = item;

    for (unsigned i = 0; i < subject->entries->len; i++) {
        StandingEntry *entry = &g_array_index(subject->entries, StandingEntry, i);

        if (standing_counts(entry->finding))
            standing->counts[entry->rule]--;
        if (why == CACHE_DROP_FULL)
            standing_tell_over(standing, entry->finding, standing->now, "too much else is wrong",
                               true);
        finding_free(entry->finding);
    }
    g_array_unref(subject->entries);
    g_free(subject);
}

RuleStanding *rule_standing_new(const RuleStandingConfig *config, const RuleStandingSink *sink)
{
    RuleStanding *standing = g_new0(RuleStanding, 1);
    unsigned n = 0;

    while (config->table[n] != NULL)
        n++;
    standing->config = *config;
    standing->sink = *sink;
    standing->now = NSEC_NONE;
    standing->counts = g_new0(uint64_t, n + 1);
    standing->subjects = cache_new(&(CacheConfig){
        .name = "rules.standing",
        .max_items = config->max_findings > 0 ? config->max_findings : MAX_FINDINGS,
        .hash = key_hash,
        .equal = key_equal,
        .drop = drop_subject,
        .user = standing,
    });
    return standing;
}

void rule_standing_free(RuleStanding *standing)
{
    if (standing == NULL)
        return;
    cache_free(standing->subjects);
    finding_free(standing->blank);
    g_free(standing->counts);
    g_free(standing);
}

/* --- the lists ------------------------------------------------------------ */

StandingSubject *standing_find(RuleStanding *standing, const StandingKey *key)
{
    return cache_get(standing->subjects, key, standing->now);
}

StandingSubject *standing_need(RuleStanding *standing, const StandingKey *key)
{
    StandingSubject *subject = standing_find(standing, key);

    if (subject != NULL)
        return subject;
    subject = g_new0(StandingSubject, 1);
    subject->key = *key;
    subject->entries = g_array_new(false, false, sizeof(StandingEntry));
    cache_add(standing->subjects, subject, &subject->key, sizeof(StandingSubject), standing->now);
    return subject;
}

void standing_clean_up(RuleStanding *standing, StandingSubject *subject)
{
    if (subject->entries->len == 0)
        cache_remove(standing->subjects, subject);
}

StandingEntry *standing_entry(const StandingSubject *subject, unsigned rule)
{
    for (unsigned i = 0; i < subject->entries->len; i++) {
        StandingEntry *entry = &g_array_index(subject->entries, StandingEntry, i);

        if (entry->rule == rule)
            return entry;
    }
    return NULL;
}

bool standing_explains(const StandingSubject *subject, const Finding *umbrella)
{
    for (unsigned i = 0; i < subject->entries->len; i++) {
        if (rule_explains(g_array_index(subject->entries, StandingEntry, i).finding, umbrella))
            return true;
    }
    return false;
}

/* Of what the subject is told already a new finding may be the cause. */
static void end_explained(RuleStanding *standing, StandingSubject *subject, const Finding *narrower)
{
    for (unsigned i = subject->entries->len; i > 0; i--) {
        const StandingEntry *entry = &g_array_index(subject->entries, StandingEntry, i - 1);

        if (rule_explains(narrower, entry->finding))
            standing_end(standing, subject, i - 1, standing->now, "another finding explains it");
    }
}

/* The rule fired again. What was seen first stays, unless more is proven now. */
void standing_go_on(StandingEntry *entry, const Finding *again, bool counts)
{
    Finding *known = entry->finding;
    Nsec from = MIN(known->from, again->from);
    Nsec until = MAX(known->until, again->until);
    uint32_t count = counts ? known->count + 1 : again->count;

    if (again->grade > known->grade || !counts) {
        entry->finding = finding_copy(again);
        finding_free(known);
    }
    entry->finding->from = from;
    entry->finding->until = until;
    entry->finding->count = count;
}

void standing_begin(RuleStanding *standing, StandingSubject *subject, unsigned rule,
                    const Finding *finding)
{
    StandingEntry entry = { .finding = finding_copy(finding), .rule = rule, .seen = true };

    end_explained(standing, subject, finding);
    g_array_append_val(subject->entries, entry);
    cache_grow(standing->subjects, subject,
               sizeof(StandingSubject)
                   + subject->entries->len * (sizeof(StandingEntry) + FINDING_BYTES));
    if (standing_counts(finding))
        standing->counts[rule]++;
    if (standing->sink.begins != NULL)
        standing->sink.begins(entry.finding, standing->sink.user);
}

Finding *standing_blank(RuleStanding *standing, const Rule *rule)
{
    Finding *finding = g_steal_pointer(&standing->blank);

    if (finding == NULL)
        return finding_new(rule);
    finding_reset(finding, rule);
    return finding;
}

/* --- what there is -------------------------------------------------------- */

uint64_t rule_standing_count(const RuleStanding *standing, unsigned rule)
{
    return standing->counts[rule];
}

CacheStats rule_standing_table(const RuleStanding *standing)
{
    return cache_stats(standing->subjects);
}
