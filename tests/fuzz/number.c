/*
 * Numbers, addresses and times in text.
 */

#include <glib.h>

#include "fuzz.h"
#include "report/select.h"
#include "sip/value.h"

static void check_number(Str text)
{
    uint32_t value = 0;
    uint64_t wide = 0;

    if (sip_number(text, &value) == SIP_NUMBER_OK)
        fuzz_check(text.len > 0);
    if (str_to_uint(text, UINT32_MAX, &wide))
        fuzz_check(wide <= UINT32_MAX);
}

static void check_address(Str text)
{
    char shown[NET_ENDPOINT_TEXT];
    NetAddr addr, again;

    if (!net_addr_parse(text, &addr))
        return;
    fuzz_check(net_addr_parse(str_of(net_addr_to_text(&addr, shown)), &again));
    fuzz_check(net_addr_equal(&addr, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Str text = reader_rest(&input);
    g_autofree char *copy = str_dup(text);
    ReportWhen when;

    check_number(text);
    check_address(text);
    if (copy != NULL)
        report_when_parse(copy, &when);
    return 0;
}
