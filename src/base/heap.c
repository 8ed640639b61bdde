/*
 * The C library's heap grows at one end, which sbrk() tells. What it has grown
 * by is a new mapping to the kernel, and so has to be asked for each time.
 */

#include "base/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE_PAGE ((uintptr_t)2 * 1024 * 1024)

/* So much at a time. It takes memory only where it is used. */
#define GROWTH (8 * LARGE_PAGE)

size_t heap_advance(Heap *heap)
{
    uintptr_t end = (uintptr_t)sbrk(0) & ~(LARGE_PAGE - 1);

    if (heap->marked == 0) {
        mallopt(M_TOP_PAD, GROWTH);
        heap->marked = end + LARGE_PAGE;
    }
    if (end <= heap->marked)
        return 0;

    uintptr_t from = heap->marked;

    heap->marked = end;
    return madvise((void *)from, end - from, MADV_HUGEPAGE) == 0 ? end - from : 0;
}
