/*
 * Counting what is seen again and again, without keeping it.
 */

#include "reg/fact.h"

void reg_fact_add(RegFact *fact, CaptureRef ref, Nsec time)
{
    if (fact->count++ == 0) {
        fact->first = ref;
        fact->first_time = time;
    }
    fact->last = ref;
    fact->last_time = time;
}
