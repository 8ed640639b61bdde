/*
 * The phone looks at what it asked for, not at what it got.
 *
 * Asked for 600 seconds, granted 120: RFC 3261 section 10.3 allows that, and
 * the device has to renew within what was granted. One that waits for the 600
 * seconds is registered for two minutes out of ten, and shows "registered" all
 * the time.
 */

#include "below.h"
#include "lapses.h"

/* Devices renew between half of the time and all of it; the answer may take a
 * moment. In a thousandth of what was asked. */
#define SOONEST 400
#define SOON 850
#define LATEST 1020
#define JITTER 100 /* between two cycles of one timer */

/* Renewals that came when the asked time was over, and the granted one long
 * before. */
typedef struct Cycles {
    unsigned n;
    int shortest; /* of the intervals, in a thousandth of what was asked */
    int longest;
    bool alive;
    bool honours; /* it renewed in time, too */
    const Lapse *newest;
} Cycles;

static Nsec renewed_after(const Lapse *lapse)
{
    return lapse_span(lapse_granted_at(lapse->binding), lapse->next->since);
}

static bool is_shortened(const RegBinding *binding)
{
    return binding->asked != REG_EXPIRES_NONE && binding->granted < binding->asked;
}

static void add(Cycles *cycles, const RegDevice *device, const Lapse *lapse)
{
    int share =
        lapse->binding->asked > 0
            ? (int)MIN(renewed_after(lapse) / ((Nsec)lapse->binding->asked * NSEC_MSEC), 2 * LATEST)
            : 0;

    cycles->shortest = cycles->n == 0 ? share : MIN(cycles->shortest, share);
    cycles->longest = MAX(cycles->longest, share);
    cycles->alive |= lapse_was_alive(device, lapse);
    cycles->newest = lapse;
    cycles->n++;
}

static Cycles cycles_of(const RegDevice *device, const Lapse *lapses, unsigned n)
{
    Cycles cycles = { 0 };

    for (unsigned i = 0; i < n; i++) {
        if (lapses[i].next != NULL && is_shortened(lapses[i].binding))
            add(&cycles, device, &lapses[i]);
    }
    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (is_shortened(binding) && binding->refreshes > 0)
            cycles.honours = true;
    }
    return cycles;
}

/* Whether these are the beats of the device's own timer. */
static bool is_own_timer(const Cycles *cycles)
{
    if (cycles->n == 0 || cycles->honours || cycles->longest > LATEST
        || cycles->longest - cycles->shortest > JITTER)
        return false;
    return cycles->shortest >= (cycles->n > 1 || cycles->alive ? SOONEST : SOON);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    Lapse lapses[LAPSES];
    unsigned unsure, n = lapses_of(device, now, lapses, &unsure);
    Cycles cycles = cycles_of(device, lapses, n);
    char who[NET_ENDPOINT_TEXT], interval[NSEC_TEXT], gap[NSEC_TEXT], times[BELOW_TIMES];

    if (!is_own_timer(&cycles))
        return RULE_CLEAN;
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    const Lapse *lapse = cycles.newest;

    finding_say(finding,
                "%s asks for %u s and is granted %u s, but renews only after %s (seen %s): "
                "unreachable for %s in between",
                below_who(device, who), lapse->binding->asked, lapse->binding->granted,
                nsec_to_span(renewed_after(lapse), interval), below_times(cycles.n, times),
                nsec_to_span(lapse_length(lapse), gap));
    lapse_cite_grant(finding, lapse);
    lapse_cite_end(finding, lapse);
    finding_reject(finding, "nat_mapping_expired",
                   "it is the registration that ended: no mapping of a NAT could have helped");
    finding_reject(finding, "registrar_forgot", "the registrar kept it as long as it had said");
    if (cycles.n == 1)
        finding_grade(finding, FINDING_STRONG,
                      "A longer capture: whether the device renews after the same time again.");
    finding->from = lapses[0].from;
    finding->until = lapses[n - 1].until;
    finding->count = cycles.n;
    return RULE_FIRES;
}

const Rule rule_granted_expiry_ignored = {
    .id = "granted_expiry_ignored",
    .area = "life",
    .title = "The device ignores the granted time",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .meaning = "The registrar granted less time than the device asked for, as it may. The device "
               "renews by the time that it asked for, and is not registered in between.",
    .advice = "Set the expiry on the device to what the registrar grants, or less. Or let the "
              "registrar grant what the device asks for (Asterisk pjsip.conf, aor: "
              "maximum_expiration; Kamailio: registrar max_expires).",
    .confusion = "A device that was off or without network for a while: then the times differ.",
    .should = "The time in the 200 counts, not the one that was asked for (RFC 3261 sections "
              "10.2.4 and 10.3).",
    .seen = {
        .client = "A grant shorter than the wish, and renewals at the wish.",
        .middle = "The same.",
        .server = "The same, and 404 or 480 to callers between grant and renewal.",
    },
    .fix = {
        .phone = "Registration interval at most what is granted; update it.",
        .router = "Nothing.",
        .asterisk = "aor: maximum_expiration at least what the phone asks for.",
        .kamailio = "registrar: max_expires at least what the phone asks for.",
    },
    .reference = "RFC 3261 sections 10.2.4 and 10.3",
    .check_device = check,
};
