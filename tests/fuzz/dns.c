/*
 * DNS messages: names that point in circles, counts that lie.
 */

#include "net/dns.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static NetDns dns; /* large; every call fills it anew */
    Reader input = fuzz_reader(data, size);
    Str bytes = reader_rest(&input);

    if (!net_dns_parse(bytes, &dns))
        return 0;

    Str text = { dns.text, sizeof(dns.text) };

    fuzz_check(dns.text_len <= sizeof(dns.text));
    fuzz_check(dns.n_answers <= dns.n_records && dns.n_records <= NET_DNS_RECORDS);
    fuzz_check(fuzz_inside(dns.name, text));
    for (unsigned i = 0; i < dns.n_records; i++) {
        const NetDnsRecord *record = &dns.records[i];

        fuzz_check(fuzz_inside(record->owner, text) && fuzz_inside(record->target, text));
        fuzz_check(fuzz_inside(record->flags, text) && fuzz_inside(record->service, text));
    }
    return 0;
}
