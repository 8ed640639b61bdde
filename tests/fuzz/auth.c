/*
 * Challenges and credentials: every value lies inside the text, and the checks
 * of a digest end with a verdict whatever they were given.
 */

#include <glib.h>

#include "fuzz.h"
#include "sip/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Str text = reader_rest(&input);
    SipAuth auth = sip_auth_parse(text);
    const Str parts[] = { auth.scheme,       auth.params,    auth.realm,    auth.nonce,
                          auth.opaque,       auth.algorithm, auth.qop,      auth.username,
                          auth.username_ext, auth.uri,       auth.response, auth.cnonce,
                          auth.nc,           auth.auts };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        fuzz_check(fuzz_inside(parts[i], text));
    return 0;
}
