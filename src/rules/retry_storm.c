/*
 * The phone cannot take no for an answer.
 *
 * After a definite refusal nothing changes within a second. A device that
 * nevertheless asks again at once, and again, loads the server, fills its log,
 * and is banned in the end by whatever guards against password guessing. Then
 * even the right password does not help.
 */

#include "rules/rule.h"

/* A try at each of a handful of servers or lines is no storm. */
#define ENOUGH_ATTEMPTS 6

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegHaste *haste = device->haste;
    char span[NSEC_TEXT], gap[NSEC_TEXT];

    if (haste == NULL || haste->attempts < ENOUGH_ATTEMPTS)
        return RULE_CLEAN;

    Nsec lasted = haste->until - haste->from;

    finding_say(finding,
                "%s was refused %u times in a row within %s (%u) and asked again each time at "
                "once, every %s",
                device->aor[0] != '\0' ? device->aor : "a device without a name", haste->attempts,
                nsec_to_span(lasted, span), haste->status,
                nsec_to_span(lasted / (haste->attempts - 1), gap));

    g_autofree char *refusal = g_strdup_printf("refused with %u", haste->status);

    finding_cite(finding, "first refusal", haste->first, haste->first_time, STR("refused for good"),
                 "a pause, or a changed request");
    finding_cite(finding, "last refusal", haste->last, haste->until, str_of(refusal), NULL);
    finding->from = haste->from;
    finding->until = haste->until;
    return RULE_FIRES;
}

const Rule rule_retry_storm = {
    .id = "retry_storm",
    .area = "chain",
    .title = "The phone hammers after a refusal",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "The device was refused for good and tried again within seconds, time after time, "
               "without changing anything.",
    .advice = "Set a retry interval on the phone of a minute or more (Asterisk pjsip.conf, "
              "registration: forbidden_retry_interval=300, max_retries=10; PJSIP: "
              "reg_retry_interval), stop it until the reason is mended, and look whether the "
              "server has banned it meanwhile (fail2ban-client status asterisk).",
    .confusion = "Several devices behind one NAT, each of which is refused once in a while.",
    .should = "A refused device does not repeat the same request, and waits longer after each "
              "failure (RFC 3261 section 21.4.4, RFC 5626 section 4.5).",
    .seen = {
        .client = "The same request, the same refusal, again and again within seconds.",
        .middle = "The same.",
        .server = "The same. When a ban sets in, the refusals end and the requests go on.",
    },
    .fix = {
        .phone = "A retry interval of a minute or more. Stop it until the reason is mended.",
        .router = "Nothing.",
        .asterisk = "As a client, registration: forbidden_retry_interval=300 and max_retries=10. "
                    "As the registrar: 'fail2ban-client status asterisk'.",
        .kamailio = "'kamcmd pike.list' shows whether the source is blocked.",
    },
    .reference = "RFC 3261 section 21.4.4, RFC 5626 section 4.5",
    .check_device = check,
};
