/*
 * What is told while a capture is watched.
 *
 * A device is looked at when something has happened to it or when its time has
 * come. Its condition is cheap to tell and is told each time; the rules are
 * asked at most every few seconds, unless the condition has changed.
 */

#include "review.h"

#include "tell.h"

/* In one pulse. More than that wait for the next one, and nobody waits for long. */
#define DEVICES_AT_ONCE 16384

#define REJUDGE (5 * NSEC_SEC)
#define SITES_EVERY (10 * NSEC_SEC)

/* So many sites take a few milliseconds; where there are more, they are asked less often. */
#define SITES_AT_ONCE 16384

struct Review {
    ReviewConfig config;
    RuleStanding *standing;
    const RegDevice *judged; /* whom the rules look at; NULL: nobody */
    Nsec now;
    Nsec sites_due;
    size_t n_sites;
};

static bool selects_finding(const Review *review, const Finding *finding)
{
    const ReportSelection *selection = review->config.selection;
    bool asked = selection->devices != NULL && selection->devices->len > 0;
    bool placed = review->judged != NULL ? report_selects_device(selection, review->judged)
                                         : !asked || finding->device != 0;

    return placed && report_selects_rule(selection, finding->rule);
}

static void on_begins(const Finding *finding, void *user)
{
    Review *review = user;

    if (selects_finding(review, finding))
        tell_finding(review->config.writers, finding);
}

static void on_over(const RuleOver *over, void *user)
{
    Review *review = user;
    ReportResolved resolved = { .finding = over->finding,
                                .from = over->from,
                                .time = over->time,
                                .because = over->because,
                                .lost = over->lost };

    if (selects_finding(review, over->finding))
        tell_resolved(review->config.writers, &resolved);
}

Review *review_new(const ReviewConfig *config)
{
    Review *review = g_new0(Review, 1);

    review->config = *config;
    review->now = review->sites_due = NSEC_NONE;
    review->standing =
        rule_standing_new(&(RuleStandingConfig){ .table = rule_table,
                                                 .stability = config->stability,
                                                 .max_findings = config->max_findings },
                          &(RuleStandingSink){ on_begins, on_over, review });
    return review;
}

void review_free(Review *review)
{
    if (review == NULL)
        return;
    rule_standing_free(review->standing);
    g_free(review);
}

void review_chain(Review *review, const RegChain *chain, const RuleVerdict *verdicts,
                  const GPtrArray *fired)
{
    review->judged = chain->device;
    rule_standing_chain(review->standing, chain, verdicts, fired);
    review->judged = NULL;
}

void review_forgotten(Review *review, uint64_t device)
{
    rule_standing_forget(review->standing, device, reg_tracker_now(review->config.tracker));
    tell_forgotten(review->config.writers, device);
}

/* --- devices -------------------------------------------------------------- */

static void say_change(const Review *review, const RegReview *look)
{
    ReportChange change = { .device = look->device,
                            .from = look->before,
                            .to = look->standing,
                            .time = review->now,
                            .finding = rule_standing_worst(review->standing, look->device->id) };

    if (!look->device->scanner && report_selects_device(review->config.selection, look->device))
        tell_change(review->config.writers, &change);
}

static void on_look(RegReview *look, void *user)
{
    Review *review = user;
    bool changed =
        look->before.since == NSEC_NONE || look->before.condition != look->standing.condition;
    Nsec due = look->judged != NSEC_NONE ? nsec_after(look->judged, REJUDGE) : review->now;

    if (changed || due <= review->now) {
        review->judged = look->device;
        rule_standing_device(review->standing, look->device, &look->standing,
                             reg_device_end(look->device, review->now));
        review->judged = NULL;
        look->judged = review->now;
    } else {
        look->look_again = MIN(look->look_again, due);
    }
    if (changed)
        say_change(review, look);
}

/* --- sites ---------------------------------------------------------------- */

static void on_site(const RegSite *site, void *user)
{
    Review *review = user;

    review->n_sites++;
    rule_standing_site(review->standing, site, review->now);
}

static void look_at_sites(Review *review, const NetStats *net)
{
    if (review->sites_due != NSEC_NONE && review->now < review->sites_due)
        return;
    review->n_sites = 0;
    reg_tracker_review_sites(review->config.tracker, net, on_site, review);
    rule_standing_sites_end(review->standing, review->now);
    review->sites_due =
        nsec_after(review->now, SITES_EVERY * (Nsec)(1 + review->n_sites / SITES_AT_ONCE));
}

/* --- the pulse ------------------------------------------------------------ */

static GArray *list_open(const Review *review)
{
    GArray *open = g_array_new(false, false, sizeof(ReportOpen));

    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        ReportOpen one = { rule_table[i], rule_standing_count(review->standing, i) };

        if (one.devices > 0)
            g_array_append_val(open, one);
    }
    return open;
}

static void say_pulse(const Review *review, const ReportResult *result, Nsec wall)
{
    g_autoptr(GArray) open = list_open(review);
    ReportPulse pulse = { .now = review->now, .wall = wall, .result = result, .open = open };

    memcpy(pulse.conditions, reg_tracker_conditions(review->config.tracker),
           sizeof(pulse.conditions));
    for (unsigned i = 0; i < review->config.writers->len; i++)
        pulse.outputs_dropped +=
            report_writer_dropped(g_ptr_array_index(review->config.writers, i));
    tell_pulse(review->config.writers, &pulse);
}

void review_pulse(Review *review, const ReportResult *result, Nsec wall)
{
    review->now = reg_tracker_now(review->config.tracker);
    if (review->now != NSEC_NONE) {
        reg_tracker_review(review->config.tracker, review->now, DEVICES_AT_ONCE, on_look, review);
        look_at_sites(review, result->net);
    }
    say_pulse(review, result, wall);
}

CacheStats review_table(const Review *review)
{
    return rule_standing_table(review->standing);
}
