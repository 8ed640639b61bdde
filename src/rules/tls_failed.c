/*
 * TLS to the registrar does not come up.
 *
 * Whoever sends the alert is the one who objects: "unknown_ca" from the phone
 * means that the phone does not trust the certificate, "handshake_failure" from
 * the server that it finds no cipher it likes. Phones often close the connection
 * without a word; then the certificate itself may show why. In TLS 1.3 the
 * phone's alert is encrypted and only its size gives it away.
 */

#include "below.h"

static const char *const settle_closed =
    "The log of the side that closed the connection, or 'openssl s_client -connect SERVER:PORT "
    "-servername NAME' from the same network.";

/* RFC 5246 section 7.2.2, RFC 8446 section 6.2 */
enum {
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_BAD_CERTIFICATE = 42,
    ALERT_CERTIFICATE_UNKNOWN = 46,
    ALERT_UNKNOWN_CA = 48,
    ALERT_PROTOCOL_VERSION = 70,
    ALERT_INSUFFICIENT_SECURITY = 71,
    ALERT_UNRECOGNIZED_NAME = 112,
    ALERT_CERTIFICATE_REQUIRED = 116,
};

static bool is_out_of_date(const RegCertificate *certificate)
{
    return certificate->ref.frame != 0
           && ((certificate->not_after != NSEC_NONE && certificate->time > certificate->not_after)
               || (certificate->not_before != NSEC_NONE
                   && certificate->time < certificate->not_before));
}

static bool is_for_another(const RegCertificate *certificate)
{
    return certificate->ref.frame != 0 && certificate->match == NET_CERTIFICATE_OTHER;
}

/* What is wrong with the certificate on its face; NULL: nothing. g_free() it. */
static char *certificate_fault(const RegTls *tls)
{
    const RegCertificate *certificate = &tls->certificate;
    char when[NSEC_TEXT];

    if (is_out_of_date(certificate)) {
        bool late =
            certificate->not_after != NSEC_NONE && certificate->time > certificate->not_after;

        return g_strdup_printf(
            "the certificate %s %.10s", late ? "expired on" : "is not valid before",
            nsec_to_text(late ? certificate->not_after : certificate->not_before, when));
    }
    if (is_for_another(certificate))
        return g_strdup_printf("the certificate is for %s and not for %s",
                               certificate->subject ? certificate->subject : "another name",
                               tls->server_name);
    return NULL;
}

/* What there is to trust or not. g_free() it. */
static char *certificate_text(const RegCertificate *certificate)
{
    const char *subject = certificate->subject != NULL ? certificate->subject : "no name";

    if (certificate->self_signed)
        return g_strdup_printf("%s, signed by itself", subject);
    return g_strdup_printf("%s, signed by %s", subject,
                           certificate->issuer != NULL ? certificate->issuer : "nobody named");
}

/* Advice by who objects to what. */
static const char *advice_for(const RegTls *tls)
{
    if (is_out_of_date(&tls->certificate))
        return "Renew the certificate on the server and reload the daemon; check the phone's clock "
               "(NTP) as well.";
    if (is_for_another(&tls->certificate))
        return "Give the server a certificate that names the registrar as the phone knows it, or "
               "enter the name on the phone that the certificate has.";
    if (tls->end != REG_TLS_ALERT)
        return NULL;
    switch (tls->alert) {
    case ALERT_HANDSHAKE_FAILURE:
    case ALERT_PROTOCOL_VERSION:
    case ALERT_INSUFFICIENT_SECURITY:
        return "Phone and server have no version or cipher in common: update the phone's firmware, "
               "or allow what it offers on the server (pjsip.conf: 'method' and 'cipher' of the "
               "transport).";
    case ALERT_CERTIFICATE_REQUIRED:
        return "The server wants a certificate of the phone: install one, or switch that off on "
               "the server (pjsip.conf: 'require_client_cert=no').";
    case ALERT_UNRECOGNIZED_NAME:
        return "The server does not serve the name that the phone asks for: check the registrar's "
               "name on the phone.";
    default:
        break;
    }
    return !tls->by_server && tls->alert >= ALERT_BAD_CERTIFICATE && tls->alert <= ALERT_UNKNOWN_CA
               ? "The phone does not trust the server's certificate: install the certificate of "
                 "the authority on the phone, let the server send the whole chain, and check the "
                 "phone's clock (NTP)."
               : NULL;
}

static char *objection(const RegTls *tls)
{
    const char *side = tls->by_server ? "the server" : "the phone";
    char alert[NET_TLS_WORD];

    switch (tls->end) {
    case REG_TLS_ALERT:
        return g_strdup_printf("%s objects with alert %s (%u)%s", side,
                               net_tls_alert_name(tls->alert, alert), tls->alert,
                               tls->hello.count == 0 ? " to something that is no TLS" : "");
    case REG_TLS_GAVE_UP:
        return g_strdup("the phone ends the handshake with an encrypted alert: it objects to what "
                        "the server sent, most likely its certificate");
    case REG_TLS_CLOSED:
        return g_strdup_printf("%s closes the connection %s", side,
                               tls->answered ? "in the middle of the handshake"
                               : tls->by_server
                                   ? "at the phone's first message; it may not speak TLS there"
                                   : "before the server has answered");
    case REG_TLS_NO_END:
        break;
    }
    return g_strdup("the handshake does not end");
}

static void cite(const RegTls *tls, const char *fault, const char *words, Finding *finding)
{
    char version[NET_TLS_WORD];
    g_autofree char *hello =
        g_strdup_printf("%s for %s", net_tls_version_name(tls->version, version),
                        tls->server_name ? tls->server_name : "no name");

    if (tls->hello.count > 0)
        finding_cite(finding, "client hello", tls->hello.last, tls->hello.last_time, str_of(hello),
                     NULL);
    if (tls->certificate.ref.frame != 0 && fault == NULL && !tls->by_server) {
        g_autofree char *text = certificate_text(&tls->certificate);

        finding_cite(finding, "certificate", tls->certificate.ref, tls->certificate.time,
                     str_of(text), "one that the phone trusts");
    }
    if (fault != NULL)
        finding_cite(finding, "certificate", tls->certificate.ref, tls->certificate.time,
                     str_of(fault), "valid, and for the registrar's name");
    finding_cite(finding, tls->end == REG_TLS_CLOSED ? "end" : "alert", tls->failed.last,
                 tls->failed.last_time, str_of(words), "the end of the handshake");
}

/* An alert in clear is proof; a connection that ends is, when the certificate
 * shows why. */
static void grade(const RegTls *tls, const char *fault, Finding *finding)
{
    if (tls->end == REG_TLS_GAVE_UP)
        finding_grade(finding, FINDING_STRONG,
                      "The phone's log: TLS 1.3 encrypts the alert, and only its size shows.");
    else if (tls->end == REG_TLS_CLOSED)
        finding_grade(finding, FINDING_STRONG, settle_closed);
    if (fault != NULL && is_out_of_date(&tls->certificate))
        finding_grade(finding, FINDING_PROVEN, NULL);
}

/* Without a hello there was something else between the connection and its end. */
static Nsec began(const RegLink *link)
{
    if (link->tls.hello.count > 0)
        return link->tls.hello.first_time;
    return link->accepted.count > 0 ? link->accepted.first_time : link->tls.failed.first_time;
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLink *link = device->link;
    const RegTls *tls = link != NULL ? &link->tls : NULL;
    char who[NET_ENDPOINT_TEXT], server[NET_ENDPOINT_TEXT], times[BELOW_TIMES];

    if (tls == NULL || tls->end == REG_TLS_NO_END || link->tried.count > 0
        || below_was_bound(device, tls->failed.first_time, link->over, now))
        return RULE_CLEAN;
    if (tls->end == REG_TLS_CLOSED && tls->gap)
        return rule_abstain(finding, "bytes of a TCP stream are missing at that time");

    g_autofree char *fault = certificate_fault(tls);
    g_autofree char *words = objection(tls);
    bool again = tls->failed.count > 1;

    finding_say(finding, "TLS from %s to %s failed%s%s: %s%s%s", below_who(device, who),
                net_endpoint_to_text(&link->server, server), again ? " " : "",
                again ? below_times(tls->failed.count, times) : "", words,
                fault != NULL ? "; " : "", fault != NULL ? fault : "");
    cite(tls, fault, words, finding);
    grade(tls, fault, finding);
    if (advice_for(tls) != NULL)
        finding_advise(finding, "%s", advice_for(tls));
    finding->from = began(link);
    finding->until = tls->failed.last_time;
    return RULE_FIRES;
}

const Rule rule_tls_failed = {
    .id = "tls_failed",
    .area = "below",
    .title = "TLS to the registrar failed",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "The TCP connection stands, but TLS on it does not come up, so that no REGISTER can "
               "be sent. Who sends the alert, or closes, is who objects.",
    .advice = "Try it by hand: 'openssl s_client -connect SERVER:5061 -servername NAME "
              "-showcerts'. Check certificate, chain, versions and ciphers on both sides.",
    .confusion = "A close_notify, which is the normal end. A phone with a wrong clock refuses a "
                 "valid certificate.",
    .should = "The handshake ends with both sides content, and SIP follows inside (RFC 8446 "
              "section 4, RFC 5922 section 7).",
    .seen = {
        .client = "Who sends the alert objects. From the phone: it does not trust the "
                  "certificate, or its clock is wrong. From the server: version, cipher, name or "
                  "a client certificate.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Check its clock (NTP), its list of authorities, the name of the registrar (it "
                 "has to be in the certificate), and the TLS version.",
        .router = "Nothing, unless it breaks TLS open.",
        .asterisk = "Transport: cert_file with the whole chain, priv_key_file, method, cipher.",
        .kamailio = "Module tls: certificate with the whole chain, private_key, tls_method, "
                    "server_name for each domain.",
    },
    .reference = "RFC 8446 section 6; RFC 5246 section 7.2; RFC 5922 section 7",
    .check_device = check,
};
