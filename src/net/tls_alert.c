/*
 * TLS alerts (RFC 8446 section 6, RFC 5246 section 7.2): the one place where
 * either side says in clear what it does not like, and whoever sends it is the
 * one who does not.
 */

#include "tls_alert.h"

#include <glib.h>
#include <stdio.h>

#define WARNING 1
#define FATAL 2
#define CLOSE_NOTIFY 0

/* The first that objects to something is the reason; what follows are its
 * consequences. */
static uint32_t end_alert(NetTlsAlert alert, NetTlsSeen *seen)
{
    if (alert.level != WARNING && alert.level != FATAL)
        return NET_TLS_MALFORMED;
    if (seen->n_alerts++ == 0 || seen->alert.description == CLOSE_NOTIFY)
        seen->alert = alert;
    return NET_TLS_ALERT;
}

uint32_t net_tls_alert_read(NetTlsHalfAlert *half, Str content, NetTlsSeen *seen)
{
    uint32_t sights = 0;

    for (size_t i = 0; i < content.len; i++) {
        uint8_t byte = (uint8_t)content.data[i];

        if (half->half) {
            half->alert.description = byte;
            sights |= end_alert(half->alert, seen);
        } else {
            half->alert.level = byte;
        }
        half->half = !half->half;
    }
    return sights;
}

/* An alert, the type of what is hidden, and 16 bytes of proof, or 8 (RFC 8446
 * section 5.2, RFC 6655). Whatever else a client begins with is a Finished of
 * 36 bytes and more. */
static bool is_sealed_alert_13(uint16_t len)
{
    return len == 2 + 1 + 16 || len == 2 + 1 + 8;
}

bool net_tls_client_gave_up(const NetTlsSeen *client, const NetTlsSeen *server)
{
    return server->server.version == NET_TLS_13 && client->n_data > 0
           && !(client->sights & NET_TLS_GAP) && is_sealed_alert_13(client->first_data_len)
           && is_sealed_alert_13(client->last_data_len);
}

const char *net_tls_alert_name(uint8_t description, char text[NET_TLS_WORD])
{
    static const char *const names[] = {
        [0] = "close_notify",
        [10] = "unexpected_message",
        [20] = "bad_record_mac",
        [21] = "decryption_failed",
        [22] = "record_overflow",
        [30] = "decompression_failure",
        [40] = "handshake_failure",
        [41] = "no_certificate",
        [42] = "bad_certificate",
        [43] = "unsupported_certificate",
        [44] = "certificate_revoked",
        [45] = "certificate_expired",
        [46] = "certificate_unknown",
        [47] = "illegal_parameter",
        [48] = "unknown_ca",
        [49] = "access_denied",
        [50] = "decode_error",
        [51] = "decrypt_error",
        [60] = "export_restriction",
        [70] = "protocol_version",
        [71] = "insufficient_security",
        [80] = "internal_error",
        [86] = "inappropriate_fallback",
        [90] = "user_canceled",
        [100] = "no_renegotiation",
        [109] = "missing_extension",
        [110] = "unsupported_extension",
        [111] = "certificate_unobtainable",
        [112] = "unrecognized_name",
        [113] = "bad_certificate_status_response",
        [114] = "bad_certificate_hash_value",
        [115] = "unknown_psk_identity",
        [116] = "certificate_required",
        [120] = "no_application_protocol",
    };

    if (description < G_N_ELEMENTS(names) && names[description] != NULL)
        g_strlcpy(text, names[description], NET_TLS_WORD);
    else
        snprintf(text, NET_TLS_WORD, "alert %u", description);
    return text;
}
