/*
 * SIP over TLS cannot be read without keys.
 *
 * A capture full of port 5061 is not a capture without registrations. This is
 * said so that nobody takes the one for the other.
 */

#include "rules/rule.h"

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CAPTURE || site->capture->tls.count == 0)
        return RULE_CLEAN;

    const RegFact *tls = &site->capture->tls;

    finding_say(finding,
                "TLS was seen and could not be read without keys: registrations over it, if there "
                "are any, are not in this report");
    finding_cite(finding, "first TLS record", tls->first, tls->first_time, STR("TLS"), NULL);
    finding->from = tls->first_time;
    finding->until = tls->last_time;
    return RULE_FIRES;
}

const Rule rule_tls_not_decrypted = {
    .id = "tls_not_decrypted",
    .area = "capture",
    .title = "TLS that could not be read",
    .severity = FINDING_NOTE,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Connections carry TLS. What is inside, registrations or not, is not visible.",
    .advice = "Capture behind the TLS endpoint, or log the session keys (SSLKEYLOGFILE).",
    .confusion = "No registration: that cannot be concluded from TLS.",
    .should = "TLS keeps everybody but its two ends from reading what is inside (RFC 8446 section "
              "1). A capture shows the registrations only with the session keys, or behind the "
              "end of TLS.",
    .seen = {
        .client = "Records of TLS, and no SIP.",
        .middle = "The same.",
        .server = "The same. Behind a proxy that ends TLS the messages may be in the clear.",
    },
    .fix = {
        .phone = "For a test register over UDP or TCP without TLS, if the server lets it.",
        .router = "Nothing.",
        .asterisk = "'pjsip set logger on' writes the messages in the clear to the log.",
        .kamailio = "The siptrace module sends copies of the messages in the clear.",
    },
    .reference = "RFC 5246, RFC 8446",
    .check_site = check,
};
