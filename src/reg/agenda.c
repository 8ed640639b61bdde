/*
 * A list and a heap.
 *
 * The heap holds a pointer for each device whose condition will change by time
 * alone. A device that is woken stays where it is in it, and moves when it has
 * been looked at.
 */

#include "agenda.h"

struct Agenda {
    Review *first; /* that something happened to */
    Review **last;
    GPtrArray *heap; /* of Review, the first due at the front */
    uint64_t conditions[REG_CONDITIONS];
    bool turn; /* both get their share when there is too much to do */
};

Agenda *agenda_new(void)
{
    Agenda *agenda = g_new0(Agenda, 1);

    agenda->last = &agenda->first;
    agenda->heap = g_ptr_array_new();
    return agenda;
}

void agenda_free(Agenda *agenda)
{
    if (agenda == NULL)
        return;
    g_ptr_array_unref(agenda->heap);
    g_free(agenda);
}

/* --- the list ------------------------------------------------------------- */

static void append(Agenda *agenda, Review *review)
{
    review->next = NULL;
    review->link = agenda->last;
    *agenda->last = review;
    agenda->last = &review->next;
}

static void unlink_review(Agenda *agenda, Review *review)
{
    if (review->link == NULL)
        return;
    *review->link = review->next;
    if (review->next != NULL)
        review->next->link = review->link;
    else
        agenda->last = review->link;
    review->link = NULL;
}

/* --- the heap ------------------------------------------------------------- */

static Review *at(const Agenda *agenda, size_t place)
{
    return g_ptr_array_index(agenda->heap, place - 1);
}

static void set(Agenda *agenda, size_t place, Review *review)
{
    g_ptr_array_index(agenda->heap, place - 1) = review;
    review->place = place;
}

static void rise(Agenda *agenda, Review *review)
{
    size_t place = review->place;

    for (; place > 1 && at(agenda, place / 2)->due > review->due; place /= 2)
        set(agenda, place, at(agenda, place / 2));
    set(agenda, place, review);
}

static void sink(Agenda *agenda, Review *review)
{
    size_t place = review->place;
    size_t n = agenda->heap->len;

    for (size_t below = 2 * place; below <= n; below = 2 * place) {
        if (below < n && at(agenda, below + 1)->due < at(agenda, below)->due)
            below++;
        if (at(agenda, below)->due >= review->due)
            break;
        set(agenda, place, at(agenda, below));
        place = below;
    }
    set(agenda, place, review);
}

static void take_out(Agenda *agenda, Review *review)
{
    size_t place = review->place;

    if (place == 0)
        return;

    Review *last = at(agenda, agenda->heap->len);

    g_ptr_array_set_size(agenda->heap, (int)agenda->heap->len - 1);
    review->place = 0;
    if (last == review)
        return;
    set(agenda, place, last);
    rise(agenda, last);
    sink(agenda, last);
}

/* --- both ----------------------------------------------------------------- */

void agenda_add(Agenda *agenda, Device *device)
{
    if (agenda == NULL)
        return;
    if (device->review == NULL) {
        device->review = g_new(Review, 1);
        *device->review = (Review){ .device = device,
                                    .agenda = agenda,
                                    .standing = { .since = NSEC_NONE, .until = NSEC_NONE },
                                    .judged = NSEC_NONE };
    }
    agenda_wake(device);
}

void agenda_wake(Device *device)
{
    Review *review = device->review;

    if (review != NULL && review->link == NULL)
        append(review->agenda, review);
}

void agenda_remove(Device *device)
{
    Review *review = device->review;

    if (review == NULL)
        return;
    unlink_review(review->agenda, review);
    take_out(review->agenda, review);
    if (review->stands)
        review->agenda->conditions[review->standing.condition]--;
    g_clear_pointer(&device->review, g_free);
}

Review *agenda_take(Agenda *agenda, Nsec now)
{
    Review *due = agenda->heap->len > 0 ? at(agenda, 1) : NULL;
    Review *review = agenda->first;

    if (due != NULL && due->due <= now && (agenda->turn || review == NULL))
        review = due;
    agenda->turn = !agenda->turn;
    if (review == NULL)
        return NULL;
    unlink_review(agenda, review);
    take_out(agenda, review);
    return review;
}

void agenda_stand(Review *review, const RegStanding *standing)
{
    if (review->stands)
        review->agenda->conditions[review->standing.condition]--;
    review->standing = *standing;
    review->stands = true;
    review->agenda->conditions[standing->condition]++;
}

const uint64_t *agenda_conditions(const Agenda *agenda)
{
    return agenda->conditions;
}

void agenda_put(Review *review, Nsec due)
{
    Agenda *agenda = review->agenda;

    if (due == NSEC_MAX)
        return;
    review->due = due;
    g_ptr_array_add(agenda->heap, review);
    review->place = agenda->heap->len;
    rise(agenda, review);
}
