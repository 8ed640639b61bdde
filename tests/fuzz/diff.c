/*
 * The same message at two places: the bytes before and behind a mark. A message
 * is never different from itself.
 */

#include <glib.h>

#include "fuzz.h"
#include "sip/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Str first = fuzz_piece(&input, SIP_MAX_MESSAGE);
    NetMeta meta = { 0 };
    SipDiff diff;
    g_autoptr(SipMessage) inside = sip_message_parse(&meta, first, 0);
    g_autoptr(SipMessage) outside = sip_message_parse(&meta, reader_rest(&input), 0);
    g_autoptr(SipMessage) same = sip_message_parse(&meta, first, 0);

    sip_diff_compare(inside, outside, &diff);
    fuzz_check(diff.n <= SIP_DIFF_CHANGES);
    fuzz_check(sip_diff_class(&diff, true) < SIP_DIFF_CLASSES);
    fuzz_check(sip_diff_class(&diff, false) < SIP_DIFF_CLASSES);
    sip_diff_damage(&diff, true);
    sip_diff_is_alg(&diff);

    sip_diff_compare(inside, same, &diff);
    fuzz_check(diff.n == 0 && !diff.more);
    return 0;
}
