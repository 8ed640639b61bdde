/*
 * Renewed at the last moment.
 *
 * A REGISTER that is lost is repeated after half a second, and after a
 * challenge everything is sent twice. A device that begins when its time is all
 * but over has no time for that: one lost packet, one restart of the server,
 * and it is not registered for a moment.
 */

#include "below.h"
#include "lapses.h"

/* One may be chance: the phone was busy, or had been refused a minute before. */
#define ENOUGH 2

typedef struct Margins {
    uint32_t late;
    uint32_t refreshes;
    const RegBinding *closest; /* the one that came nearest to its end */
} Margins;

static Margins margins_of(const RegDevice *device)
{
    Margins margins = { 0 };

    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        margins.late += binding->late;
        margins.refreshes += binding->refreshes;
        if (binding->late > 0 && binding->least_left != NSEC_NONE
            && (margins.closest == NULL || binding->least_left < margins.closest->least_left))
            margins.closest = binding;
    }
    return margins;
}

static void cite(const RegBinding *binding, Finding *finding)
{
    char left[NSEC_TEXT];
    g_autofree char *seen =
        g_strdup_printf("granted %u s; renewed when %s of it were left, at the closest",
                        binding->granted, nsec_to_span(binding->least_left, left));
    g_autofree char *expected =
        g_strdup_printf("a renewal after %u s", binding->granted - binding->granted / 5);

    finding_cite(finding, "renewed", binding->renewed_by, lapse_granted_at(binding), str_of(seen),
                 expected);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    Margins margins = margins_of(device);
    const RegBinding *closest = margins.closest;
    char who[NET_ENDPOINT_TEXT], left[NSEC_TEXT];

    /* A timer that ticks every few seconds comes late now and then. */
    if (margins.late < ENOUGH || 2 * margins.late < margins.refreshes || closest == NULL)
        return RULE_CLEAN;
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    finding_say(finding,
                "%s renewed %u of %u times in the last 5 %% of its time, once when only %s of %u s "
                "were left",
                below_who(device, who), margins.late, MAX(margins.refreshes, margins.late),
                nsec_to_span(closest->least_left, left), closest->granted);
    cite(closest, finding);
    finding_reject(finding, "binding_lapsed", "each renewal came in time");
    finding->from = closest->since;
    finding->until = lapse_granted_at(closest);
    return RULE_FIRES;
}

const Rule rule_refresh_late = {
    .id = "refresh_late",
    .area = "life",
    .title = "Renewed at the last moment",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "The device renews its registration when the granted time is all but over, again "
               "and again. It works as long as no packet is lost.",
    .advice = "Let the device renew at 80 to 90 % of the granted time (Asterisk as a client "
              "does so by itself; PJSIP: reg_delay_before_refresh in the account).",
    .confusion = "A short granted time, of which only seconds can be left: 54 s of 60 are early "
                 "enough.",
    .should = "The device renews before its time ends, and early enough for a lost request to be "
              "repeated: up to 32 s over UDP (RFC 3261 sections 10.2.4 and 17.1.2.2).",
    .seen = {
        .client = "From the 200 to the next REGISTER more than 95 % of the granted time passes, "
                  "again and again.",
        .middle = "The same.",
        .server = "The same. After a lost packet the binding is gone for a moment.",
    },
    .fix = {
        .phone = "Renew at 80 to 90 % of the granted time (PJSIP: reg_delay_before_refresh in the "
                 "account).",
        .router = "Nothing.",
        .asterisk = "Nothing as a client. As the registrar it cannot make the phone renew earlier.",
        .kamailio = "Nothing: the registrar cannot make the phone renew earlier.",
    },
    .reference = "RFC 3261 sections 10.2.4 and 17.1.2.2",
    .check_device = check,
};
