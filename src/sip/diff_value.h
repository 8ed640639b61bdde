#pragma once

/*
 * One value of a header on both sides, part by part.
 */

#include "sip/diff.h"

/* Where the changes go, and what they are compared with. */
typedef struct DiffScene {
    const SipMessage *inside;
    const SipMessage *outside;
    SipDiff *diff;
} DiffScene;

/* 'header', 'name' and the rest are set, the values are what was found. */
void diff_note(const DiffScene *scene, SipChange change);

/* Both are there and differ as text; 'about' says where they stand. */
void diff_value(const DiffScene *scene, SipChange about, Str inside, Str outside);
void diff_uri(const DiffScene *scene, SipChange about, Str inside, Str outside);

/* Text of no known structure: an address in it, or the whole. */
void diff_text(const DiffScene *scene, SipChange about, Str inside, Str outside);
