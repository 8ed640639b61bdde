/*
 * Findings about captures, sources, NATs and crowds, while a capture is
 * watched. All of them are looked at every few seconds; what is not added to
 * any more is over after a while.
 */

#include "base/hash.h"
#include "standing_list.h"

/* A capture, a source or a NAT to which nothing was added for so long is quiet. */
#define QUIET (600 * NSEC_SEC)

static const char quiet_there[] = "it is quiet there";

/* A crowd is that of one pause between two successes, whoever turns out to have failed first. */
static uint64_t key_of_site(const RegSite *site)
{
    const RegCrowd *crowd = site->crowd;

    if (site->kind != REG_SITE_CROWD)
        return rule_site_key(site);
    return hash_mix(hash_mix(net_endpoint_hash(&crowd->server), net_addr_hash(&crowd->address)),
                    hash_mix((uint64_t)crowd->last_success, (uint64_t)crowd->outcome));
}

/* Somebody has succeeded again: then what failed before is over, and no news any more. */
static bool has_recovered(const RegSite *site)
{
    return site->kind == REG_SITE_CROWD && site->crowd->recovered != NSEC_NONE;
}

static void take_site(RuleStanding *standing, StandingSubject *subject, unsigned rule,
                      Finding *finding, bool recovered)
{
    StandingEntry *entry = standing_entry(subject, rule);
    bool quiet = recovered || nsec_since(finding_newest(finding), standing->now) > QUIET;

    if (entry == NULL && !quiet) {
        standing_begin(standing, subject, rule, finding);
    } else if (entry != NULL) {
        standing_go_on(entry, finding, false);
        entry->seen = !quiet;
    }
}

static void end_quiet(RuleStanding *standing, StandingSubject *subject, const RegSite *site)
{
    bool recovered = has_recovered(site);
    Nsec time = recovered ? site->crowd->recovered : standing->now;

    for (unsigned i = subject->entries->len; i > 0; i--) {
        const StandingEntry *entry = &g_array_index(subject->entries, StandingEntry, i - 1);

        if (standing_counts(entry->finding) && !entry->seen)
            standing_end(standing, subject, i - 1, time,
                         recovered ? "devices succeed there again" : quiet_there);
    }
}

void rule_standing_site(RuleStanding *standing, const RegSite *site, Nsec now)
{
    StandingKey key = { .site = key_of_site(site) };
    StandingSubject *subject;

    standing->now = MAX(standing->now, now);
    subject = standing_find(standing, &key);
    if (subject != NULL)
        subject->visited = true;
    for (unsigned i = 0; standing->config.table[i] != NULL; i++) {
        const Rule *rule = standing->config.table[i];

        if (rule->check_site == NULL)
            continue;

        Finding *finding = standing_blank(standing, rule);
        RuleVerdict verdict = rule->check_site(site, finding);
        StandingEntry *entry = subject != NULL ? standing_entry(subject, i) : NULL;

        if (entry != NULL)
            entry->seen = verdict != RULE_CLEAN;
        if (verdict == RULE_FIRES) {
            subject = subject != NULL ? subject : standing_need(standing, &key);
            subject->visited = true;
            take_site(standing, subject, i, finding, has_recovered(site));
        }
        standing->blank = finding;
    }
    if (subject == NULL)
        return;
    end_quiet(standing, subject, site);
    standing_clean_up(standing, subject);
}

typedef struct Left {
    GPtrArray *subjects;
} Left;

static void collect_left(void *item, void *user)
{
    StandingSubject *subject = item;
    Left *left = user;

    if (subject->key.device == 0 && !subject->visited)
        g_ptr_array_add(left->subjects, subject);
    subject->visited = false;
}

void rule_standing_sites_end(RuleStanding *standing, Nsec now)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new();

    cache_each(standing->subjects, collect_left, &(Left){ gone });
    for (unsigned i = 0; i < gone->len; i++) {
        StandingSubject *subject = g_ptr_array_index(gone, i);

        while (subject->entries->len > 0)
            standing_end(standing, subject, 0, now, quiet_there);
        cache_remove(standing->subjects, subject);
    }
}
