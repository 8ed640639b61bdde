/*
 * Everything that is known to go wrong between a password and the answer made
 * of it, each with a name and one clause that says it.
 */

#include "digest_hypotheses.h"

/* clang-format off */
static const RegHypothesis hypotheses[REG_HYPOTHESES] = {
    [REG_HYPOTHESIS_AS_SENT] = { "as_sent", "DG-00", REG_INGREDIENT_NONE,
        "computed over what it sent, with the supplied secret" },
    [REG_HYPOTHESIS_USER_AT_DOMAIN] = { "user_at_domain", "DG-01", REG_INGREDIENT_USER,
        "hashed user@domain but sent another form of the user name" },
    [REG_HYPOTHESIS_USER_AT_DOMAIN_SENT] = { "user_at_domain_sent", "DG-01", REG_INGREDIENT_USER,
        "sent and hashed user@domain, the account is the user alone" },
    [REG_HYPOTHESIS_USER_WITHOUT_DOMAIN] = { "user_without_domain", "DG-01", REG_INGREDIENT_USER,
        "hashed the user alone but sent user@domain" },
    [REG_HYPOTHESIS_USER_NOT_OF_ACCOUNT] = { "user_not_of_account", "DG-02", REG_INGREDIENT_USER,
        "sent and hashed a user name that is not the one of the account with this password" },
    [REG_HYPOTHESIS_USER_OF_ACCOUNT] = { "user_of_account", "DG-02", REG_INGREDIENT_USER,
        "hashed the user name of the account but sent another one" },
    [REG_HYPOTHESIS_USER_OF_TO] = { "user_of_to", "DG-02", REG_INGREDIENT_USER,
        "hashed the user part of To instead of the user name it sent" },
    [REG_HYPOTHESIS_USER_OF_FROM] = { "user_of_from", "DG-02", REG_INGREDIENT_USER,
        "hashed the user part of From instead of the user name it sent" },
    [REG_HYPOTHESIS_USER_OF_CONTACT] = { "user_of_contact", "DG-02", REG_INGREDIENT_USER,
        "hashed the user part of Contact instead of the user name it sent" },
    [REG_HYPOTHESIS_USER_CASE] = { "user_case", "DG-02", REG_INGREDIENT_USER,
        "hashed the user name in another case than it sent" },
    [REG_HYPOTHESIS_USER_UNESCAPED] = { "user_unescaped", "DG-02", REG_INGREDIENT_USER,
        "hashed the user name without the escapes it sent" },
    [REG_HYPOTHESIS_USER_HASHED] = { "user_hashed", "DG-02", REG_INGREDIENT_USER,
        "hashed the hash of the user name (userhash) instead of the name" },
    [REG_HYPOTHESIS_REALM_NOT_CHALLENGED] = { "realm_not_challenged", "DG-03", REG_INGREDIENT_REALM,
        "answered for a realm that the server did not ask for" },
    [REG_HYPOTHESIS_REALM_NOT_OF_ACCOUNT] = { "realm_not_of_account", "DG-03", REG_INGREDIENT_REALM,
        "answered for another realm than the supplied account has" },
    [REG_HYPOTHESIS_REALM_OF_CHALLENGE] = { "realm_of_challenge", "DG-03", REG_INGREDIENT_REALM,
        "hashed the realm of a challenge but sent another one" },
    [REG_HYPOTHESIS_REALM_OF_ACCOUNT] = { "realm_of_account", "DG-03", REG_INGREDIENT_REALM,
        "hashed the realm of the supplied account but sent another one" },
    [REG_HYPOTHESIS_REALM_IS_DOMAIN] = { "realm_is_domain", "DG-03", REG_INGREDIENT_REALM,
        "hashed the domain in the place of the realm" },
    [REG_HYPOTHESIS_REALM_EMPTY] = { "realm_empty", "DG-03", REG_INGREDIENT_REALM,
        "hashed an empty realm" },
    [REG_HYPOTHESIS_REALM_TRIMMED] = { "realm_trimmed", "DG-03", REG_INGREDIENT_REALM,
        "hashed the realm without the blanks around it" },
    [REG_HYPOTHESIS_REALM_CASE] = { "realm_case", "DG-03", REG_INGREDIENT_REALM,
        "hashed the realm in another case than it sent" },
    [REG_HYPOTHESIS_REALM_QUOTED] = { "realm_quoted", "DG-04", REG_INGREDIENT_REALM,
        "hashed the realm with its quotes" },
    [REG_HYPOTHESIS_REALM_UNESCAPED] = { "realm_unescaped", "DG-04", REG_INGREDIENT_REALM,
        "hashed the realm without the backslashes it sent" },
    [REG_HYPOTHESIS_URI_REQUEST_URI] = { "uri_request_uri", "DG-05", REG_INGREDIENT_URI,
        "hashed the Request-URI, the uri in the credentials is another" },
    [REG_HYPOTHESIS_URI_PORT] = { "uri_port", "DG-05", REG_INGREDIENT_URI,
        "hashed the uri with another port, or without its port" },
    [REG_HYPOTHESIS_URI_PARAMS] = { "uri_params", "DG-05", REG_INGREDIENT_URI,
        "hashed the uri with other parameters" },
    [REG_HYPOTHESIS_URI_SCHEME] = { "uri_scheme", "DG-05", REG_INGREDIENT_URI,
        "hashed sip: where it sent sips:, or the reverse" },
    [REG_HYPOTHESIS_URI_USER] = { "uri_user", "DG-05", REG_INGREDIENT_URI,
        "hashed the uri with a user part, or without the one it sent" },
    [REG_HYPOTHESIS_URI_HOST_FORM] = { "uri_host_form", "DG-05", REG_INGREDIENT_URI,
        "hashed the host of the uri in another spelling" },
    [REG_HYPOTHESIS_URI_NOT_REQUEST_URI] = { "uri_not_request_uri", "DG-06", REG_INGREDIENT_URI,
        "the uri in the credentials is not the Request-URI; a strict server refuses that" },
    [REG_HYPOTHESIS_URI_HOST] = { "uri_host", "DG-07", REG_INGREDIENT_URI,
        "hashed a uri with another host: it was changed on the way, or the device prints another" },
    [REG_HYPOTHESIS_METHOD] = { "method", "DG-08", REG_INGREDIENT_METHOD,
        "computed for another method: credentials of another request were used again" },
    [REG_HYPOTHESIS_METHOD_CASE] = { "method_case", "DG-08", REG_INGREDIENT_METHOD,
        "hashed the method in lower case" },
    [REG_HYPOTHESIS_NONCE_OLDER_SENT] = { "nonce_older_sent", "DG-09", REG_INGREDIENT_NONCE,
        "answered an older challenge than the newest" },
    [REG_HYPOTHESIS_NONCE_OF_CHALLENGE] = { "nonce_of_challenge", "DG-09", REG_INGREDIENT_NONCE,
        "hashed the nonce of another challenge than the one it sent" },
    [REG_HYPOTHESIS_NONCE_NEXT] = { "nonce_next", "DG-09", REG_INGREDIENT_NONCE,
        "hashed a nextnonce but sent another nonce" },
    [REG_HYPOTHESIS_NONCE_QUOTED] = { "nonce_quoted", "DG-09", REG_INGREDIENT_NONCE,
        "hashed the nonce with its quotes" },
    [REG_HYPOTHESIS_NONCE_UNESCAPED] = { "nonce_unescaped", "DG-09", REG_INGREDIENT_NONCE,
        "hashed the nonce without the backslashes it sent" },
    [REG_HYPOTHESIS_NONCE_CUT] = { "nonce_cut", "DG-09", REG_INGREDIENT_NONCE,
        "hashed only the beginning of the nonce" },
    [REG_HYPOTHESIS_QOP_IGNORED] = { "qop_ignored", "DG-10", REG_INGREDIENT_QOP,
        "sent qop but hashed as if there were none (RFC 2069)" },
    [REG_HYPOTHESIS_QOP_UNSENT] = { "qop_unsent", "DG-10", REG_INGREDIENT_QOP,
        "hashed with qop=auth but did not send it" },
    [REG_HYPOTHESIS_QOP_QUOTED] = { "qop_quoted", "DG-10", REG_INGREDIENT_QOP,
        "hashed qop with its quotes" },
    [REG_HYPOTHESIS_QOP_LIST_HASHED] = { "qop_list_hashed", "DG-10", REG_INGREDIENT_QOP,
        "copied and hashed the whole list of qop values instead of choosing one" },
    [REG_HYPOTHESIS_QOP_LIST_SENT] = { "qop_list_sent", "DG-10", REG_INGREDIENT_QOP,
        "sent the whole list of qop values instead of the one it chose" },
    [REG_HYPOTHESIS_QOP_OTHER] = { "qop_other", "DG-10", REG_INGREDIENT_QOP,
        "hashed with another qop than it sent" },
    [REG_HYPOTHESIS_QOP_BODY] = { "qop_body", "DG-10", REG_INGREDIENT_QOP,
        "hashed another body than it sent (auth-int)" },
    [REG_HYPOTHESIS_NC_SHORT] = { "nc_short", "DG-11", REG_INGREDIENT_NC,
        "hashed nc without its leading zeros" },
    [REG_HYPOTHESIS_NC_FIRST] = { "nc_first", "DG-11", REG_INGREDIENT_NC,
        "hashed nc 00000001 but sent another" },
    [REG_HYPOTHESIS_NC_CASE] = { "nc_case", "DG-11", REG_INGREDIENT_NC,
        "hashed the hex digits of nc in another case" },
    [REG_HYPOTHESIS_CNONCE_EMPTY] = { "cnonce_empty", "DG-11", REG_INGREDIENT_CNONCE,
        "hashed an empty cnonce" },
    [REG_HYPOTHESIS_CNONCE_UNESCAPED] = { "cnonce_unescaped", "DG-11", REG_INGREDIENT_CNONCE,
        "hashed the cnonce without the backslashes it sent" },
    [REG_HYPOTHESIS_SESSION_BINARY] = { "session_binary", "DG-12", REG_INGREDIENT_ALGORITHM,
        "made the session key of the binary hash instead of its hex digits" },
    [REG_HYPOTHESIS_SESSION_IGNORED] = { "session_ignored", "DG-12", REG_INGREDIENT_ALGORITHM,
        "named a -sess algorithm but computed the plain one" },
    [REG_HYPOTHESIS_SESSION_UNSENT] = { "session_unsent", "DG-12", REG_INGREDIENT_ALGORITHM,
        "computed a -sess algorithm but named the plain one" },
    [REG_HYPOTHESIS_ALGORITHM] = { "algorithm", "DG-13", REG_INGREDIENT_ALGORITHM,
        "computed another algorithm than it named" },
    [REG_HYPOTHESIS_SHA512_CUT] = { "sha512_cut", "DG-20", REG_INGREDIENT_ALGORITHM,
        "computed SHA-512 and cut it instead of SHA-512/256" },
    [REG_HYPOTHESIS_SECRET_BLANK_ADDED] = { "secret_blank_added", "DG-14", REG_INGREDIENT_SECRET,
        "the device's password has a blank or line end that the supplied one has not" },
    [REG_HYPOTHESIS_SECRET_BLANK_LOST] = { "secret_blank_lost", "DG-14", REG_INGREDIENT_SECRET,
        "the supplied password has a blank or line end that the device's has not" },
    [REG_HYPOTHESIS_SECRET_CUT_AT_CHAR] = { "secret_cut_at_char", "DG-15", REG_INGREDIENT_SECRET,
        "the device uses only what stands before a special character of the password" },
    [REG_HYPOTHESIS_SECRET_BEHIND_CHAR] = { "secret_behind_char", "DG-15", REG_INGREDIENT_SECRET,
        "the device uses only what stands behind a colon in the password" },
    [REG_HYPOTHESIS_SECRET_CUT_SHORT] = { "secret_cut_short", "DG-15", REG_INGREDIENT_SECRET,
        "the device uses only the first characters of the password" },
    [REG_HYPOTHESIS_SECRET_QUOTED] = { "secret_quoted", "DG-16", REG_INGREDIENT_SECRET,
        "the device's password has quotes around it" },
    [REG_HYPOTHESIS_SECRET_UNQUOTED] = { "secret_unquoted", "DG-16", REG_INGREDIENT_SECRET,
        "the device's password lacks the quotes of the supplied one" },
    [REG_HYPOTHESIS_SECRET_PERCENT] = { "secret_percent", "DG-16", REG_INGREDIENT_SECRET,
        "the password was percent-encoded or -decoded" },
    [REG_HYPOTHESIS_SECRET_HTML] = { "secret_html", "DG-16", REG_INGREDIENT_SECRET,
        "the password was encoded for HTML or XML, or decoded" },
    [REG_HYPOTHESIS_SECRET_BACKSLASH] = { "secret_backslash", "DG-16", REG_INGREDIENT_SECRET,
        "the password gained or lost backslashes" },
    [REG_HYPOTHESIS_SECRET_DOLLAR] = { "secret_dollar", "DG-16", REG_INGREDIENT_SECRET,
        "two dollar signs of the password became one" },
    [REG_HYPOTHESIS_SECRET_CHARSET] = { "secret_charset", "DG-16", REG_INGREDIENT_SECRET,
        "the password is in another character set or Unicode form" },
    [REG_HYPOTHESIS_SECRET_CASE] = { "secret_case", "DG-17", REG_INGREDIENT_SECRET,
        "the password differs in letter case only" },
    [REG_HYPOTHESIS_SECRET_EMPTY] = { "secret_empty", "DG-18", REG_INGREDIENT_SECRET,
        "the device has no password" },
    [REG_HYPOTHESIS_SECRET_IS_USER] = { "secret_is_user", "DG-18", REG_INGREDIENT_SECRET,
        "the device uses the user name for a password" },
    [REG_HYPOTHESIS_SECRET_IS_HA1] = { "secret_is_ha1", "DG-19", REG_INGREDIENT_SECRET,
        "the device uses the HA1 hash for a password" },
    [REG_HYPOTHESIS_SECRET_OF_OTHER] = { "secret_of_other_account", "DG-02", REG_INGREDIENT_SECRET,
        "the password is the one of another account" },
    [REG_HYPOTHESIS_RESPONSE_LENGTH] = { "response_length", "DG-21", REG_INGREDIENT_RESPONSE,
        "the right answer with digits missing or added" },
    [REG_HYPOTHESIS_RESPONSE_MALFORMED] = { "response_malformed", "DG-21", REG_INGREDIENT_RESPONSE,
        "no digest: not the hex digits of the algorithm" },
    [REG_HYPOTHESIS_NONE_FITS] = { "none_fits", "DG-22", REG_INGREDIENT_NONE,
        "no tried form of the supplied secret gives this answer" },
};
/* clang-format on */

const RegHypothesis *reg_hypothesis_of(RegHypothesisId id)
{
    return &hypotheses[id];
}

const RegHypothesis *reg_hypothesis_at(unsigned i)
{
    return i < REG_HYPOTHESES ? &hypotheses[i] : NULL;
}

unsigned reg_hypothesis_index(const RegHypothesis *hypothesis)
{
    _Static_assert(REG_HYPOTHESES < 255, "a place and one more must fit into a byte");

    return (unsigned)(hypothesis - hypotheses);
}

const char *reg_ingredient_name(RegDigestIngredient ingredient)
{
    static const char *const names[REG_INGREDIENTS] = {
        [REG_INGREDIENT_NONE] = "none",     [REG_INGREDIENT_USER] = "user",
        [REG_INGREDIENT_REALM] = "realm",   [REG_INGREDIENT_URI] = "uri",
        [REG_INGREDIENT_METHOD] = "method", [REG_INGREDIENT_NONCE] = "nonce",
        [REG_INGREDIENT_QOP] = "qop",       [REG_INGREDIENT_NC] = "nc",
        [REG_INGREDIENT_CNONCE] = "cnonce", [REG_INGREDIENT_ALGORITHM] = "algorithm",
        [REG_INGREDIENT_SECRET] = "secret", [REG_INGREDIENT_RESPONSE] = "response",
    };

    return names[ingredient];
}

const char *reg_digest_verdict_name(RegDigestVerdict verdict)
{
    static const char *const names[] = {
        [REG_DIGEST_NONE] = "none",
        [REG_DIGEST_NO_SECRET] = "no_secret",
        [REG_DIGEST_NO_CHALLENGE] = "no_challenge",
        [REG_DIGEST_UNSUPPORTED] = "unsupported",
        [REG_DIGEST_MATCH] = "match",
        [REG_DIGEST_MISMATCH] = "mismatch",
        [REG_DIGEST_OTHER_INPUT] = "other_input",
    };

    return names[verdict];
}
