/*
 * A little less each time.
 *
 * The device asks for what it got the last time, or for what was left of it,
 * and the server grants a little less than asked. Each of the two is allowed to
 * do that; together they go down until the device registers every few seconds
 * or the server refuses with 423.
 */

#include "below.h"
#include "lapses.h"

/* Once the device took over what it was granted, or somebody changed its
 * settings. */
#define ENOUGH 3

static void cite(Finding *finding, const char *name, CaptureRef ref, Nsec time, uint32_t seconds,
                 const char *expected)
{
    g_autofree char *seen = g_strdup_printf("asks for %u s", seconds);

    finding_cite(finding, name, ref, time, str_of(seen), expected);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegSpiral *spiral = device->life != NULL ? &device->life->spiral : NULL;
    char who[NET_ENDPOINT_TEXT], length[NSEC_TEXT];

    if (spiral == NULL || spiral->falls < ENOUGH || spiral->newest >= spiral->first)
        return RULE_CLEAN;

    finding_say(finding,
                "%s asks for less time at each renewal: for %u s at first and for %u s after %u "
                "more requests, %s later",
                below_who(device, who), spiral->first, spiral->newest, spiral->falls,
                nsec_to_span(lapse_span(spiral->first_time, spiral->newest_time), length));
    cite(finding, "first request", spiral->first_ref, spiral->first_time, spiral->first, NULL);
    cite(finding, "newest request", spiral->newest_ref, spiral->newest_time, spiral->newest,
         "the time that is set on the device");
    finding->from = spiral->first_time;
    finding->until = spiral->newest_time;
    return RULE_FIRES;
}

const Rule rule_expiry_spiral = {
    .id = "expiry_spiral",
    .area = "life",
    .title = "The device asks for less each time",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Each renewal asks for less time than the one before. In the end the device "
               "registers all the time, or the registrar refuses the interval as too brief.",
    .advice = "Let the device ask for a fixed time, or update it: it should not ask for what was "
              "left of the last grant. As a first help, set the same minimum and maximum on the "
              "registrar (Asterisk pjsip.conf, aor: minimum_expiration and maximum_expiration).",
    .confusion = "A device that asks once for what it was granted before, and then stays with it.",
    .should = "The device asks for the time that is set on it, at each renewal anew. The "
              "registrar may grant less, and the device renews by what it was granted (RFC 3261 "
              "sections 10.2.1.1, 10.2.4 and 10.3).",
    .seen = {
        .client = "Expires in the requests falls from renewal to renewal, and the 200 grants no "
                  "more than was asked for. It ends with 423 or with a request every few seconds.",
        .middle = "The same.",
        .server = "The same. The requests of one device come more and more often.",
    },
    .fix = {
        .phone = "Update it, or set a fixed time, so that it does not ask for what was left of "
                 "the last grant.",
        .router = "Nothing.",
        .asterisk = "aor: minimum_expiration and maximum_expiration set to the same value.",
        .kamailio = "registrar: min_expires and max_expires set to the same value.",
    },
    .reference = "RFC 3261 sections 10.2.1.1 and 10.3",
    .check_device = check,
};
