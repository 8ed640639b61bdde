/*
 * Via, Contact, From, URI: parts lie inside the text, and an address of record
 * made of a URI is its own address of record.
 */

#include <glib.h>

#include "fuzz.h"
#include "sip/value.h"

static void check_uri(const SipUri *uri, Str whole)
{
    const Str parts[] = { uri->whole, uri->scheme, uri->user,   uri->password,
                          uri->host,  uri->params, uri->headers };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        fuzz_check(fuzz_inside(parts[i], whole));
    fuzz_check(sip_uri_equal(uri, uri) || !uri->ok);
}

static void check_aor(const SipUri *uri)
{
    g_autofree char *aor = sip_uri_to_aor(uri);

    if (!uri->ok || !str_equal_nocase(uri->scheme, STR("sip")) || uri->host.len == 0)
        return;

    g_autofree char *text = g_strconcat("sip:", aor, NULL);
    SipUri again = sip_uri_parse(str_of(text));
    g_autofree char *same = sip_uri_to_aor(&again);

    fuzz_check(g_str_equal(same, aor));
}

static void walk_params(Str params, Str whole)
{
    Str name, value;
    size_t n = 0;

    while (sip_param_next(&params, &name, &value)) {
        fuzz_check(fuzz_inside(name, whole) && fuzz_inside(value, whole));
        fuzz_check(fuzz_inside(sip_unquote(value), whole));
        fuzz_check(++n <= whole.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Str text = reader_rest(&input);
    SipNameAddr address = sip_name_addr_parse(text);
    SipUri uri = sip_uri_parse(text);
    SipVia via = sip_via_parse(text);
    Str rest = text, value;

    check_uri(&uri, text);
    check_aor(&uri);
    fuzz_check(fuzz_inside(address.display, text) && fuzz_inside(address.params, text));
    check_uri(&address.uri, text);
    walk_params(address.params, text);
    walk_params(via.params, text);
    fuzz_check(fuzz_inside(via.host, text) && fuzz_inside(via.branch, text)
               && fuzz_inside(via.received, text));
    for (size_t n = 0; sip_list_next(&rest, &value); n++)
        fuzz_check(fuzz_inside(value, text) && n <= text.len);
    return 0;
}
