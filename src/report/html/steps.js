/*
 * What happened in one attempt to register, row by row: requests, answers,
 * other frames that findings rest on, silences, and the step that is missing.
 */

const LADDER_FOLD = 12; /* exchanges; of longer attempts only both ends are drawn */
const LADDER_ENDS = 4;
const GAP_US = 2e6; /* a silence that gets a break of its own */

function answerKind(attempt, step) {
    if (attempt.outcome === 'refused' && step === attempt.steps[attempt.steps.length - 1]) {
        return 'bad';
    }
    if (step.status === 401 || step.status === 407) {
        return 'challenge';
    }
    return step.status >= 200 && step.status < 300 ? 'good' : 'bad';
}

function expiresText(attempt, step) {
    if (attempt.purpose === 'remove' || step.expires_asked === 0) {
        return 'removes the binding';
    }
    return step.expires_asked === undefined ? '' : 'expires ' + step.expires_asked;
}

/* Between which addresses an attempt began: its first request, as it was
 * captured, else what is known of the device now. */
function endsOf(device, attempt) {
    const first = stepRefs(attempt)[0];
    const message = first && (messagesAt.get(refKey(first)) || [])[0];
    const request = message && !message.text.startsWith('SIP/2.0');
    return request
        ? { phone: message.from, registrar: message.to }
        : { phone: device.address || '', registrar: device.server || '' };
}

/* Where a request went, when that is not where the first one went. */
function targetText(device, attempt, ref) {
    const message = (messagesAt.get(refKey(ref)) || [])[0];
    return message && message.to !== endsOf(device, attempt).registrar ? 'to ' + message.to : '';
}

function requestRow(device, attempt, step) {
    const digest = step.digest;
    const notes = [
        targetText(device, attempt, step.request),
        digest && digest.username !== undefined
            ? 'as \u201c' + visibleLine(digest.username) + '\u201d'
            : '',
        expiresText(attempt, step),
        step.copies > 0 ? 'sent ' + (step.copies + 1) + ' times' : '',
        digest && digest.verdict === 'match' ? 'digest verifies' : '',
        digest && (digest.verdict === 'mismatch' || digest.verdict === 'other_input')
            ? 'digest does not fit'
            : '',
    ];
    return {
        kind: 'request',
        right: true,
        time: step.request.time,
        ref: step.request,
        step,
        label: 'REGISTER' + (digest ? ' with credentials' : ''),
        note: notes.filter(Boolean).join(', '),
    };
}

function answerRow(attempt, step) {
    const kind = answerKind(attempt, step);
    const granted = step.expires_granted === undefined ? '' : 'expires ' + step.expires_granted;
    return {
        kind,
        right: false,
        time: step.answer && step.answer.time,
        ref: step.answer,
        step,
        label: visibleLine(statusText(step)),
        note: kind === 'good' ? granted : '',
    };
}

function rowsOfStep(device, attempt, step) {
    const rows = [];
    rows.push(
        step.request
            ? requestRow(device, attempt, step)
            : { kind: 'note', label: 'the request is not in this capture' },
    );
    if (step.status !== undefined) {
        rows.push(answerRow(attempt, step));
    }
    return rows;
}

/* The step that did not come, as the timeline tells it. */
function rowsOfEnd(device, attempt) {
    return device.timeline
        .filter(
            (event) =>
                event.time === attempt.closed &&
                ['unanswered', 'expected', 'cut', 'capture_end'].includes(event.event),
        )
        .map((event) =>
            event.missing
                ? {
                      kind: 'missing',
                      right: event.event === 'expected',
                      label: visibleLine(event.text),
                      after: event.time,
                  }
                : { kind: 'note', label: visibleLine(event.text) },
        );
}

function stepRefs(attempt) {
    if (attempt.below) {
        return attempt.below.flatMap(framesOfEvent);
    }
    return (attempt.steps || []).flatMap((step) => [step.request, step.answer]).filter(Boolean);
}

/* A frame that is evidence and no first request or answer: a copy, an ICMP
 * error, the same message at another place. */
function evidenceRow(device, finding, fact) {
    const message = (messagesAt.get(refKey(fact)) || [])[0];
    if (!message) {
        return {
            kind: 'evidence-note',
            time: fact.time,
            ref: fact,
            label: fact.what + (fact.seen ? ': ' + visibleLine(fact.seen) : ''),
        };
    }
    const first = visibleLine(message.text.split(/\r?\n/, 1)[0]);
    const own = (device.addresses || []).concat(device.public_addresses || []);
    const right =
        own.includes(message.from) || (!own.includes(message.to) && !first.startsWith('SIP/2.0'));
    return {
        kind: 'evidence',
        right,
        time: fact.time,
        ref: fact,
        note: fact.what,
        label: first.replace(/ SIP\/2\.0$/, '').replace(/^SIP\/2\.0 /, ''),
    };
}

/* Evidence goes to the attempt that it falls into, or that it follows. */
function attemptOfEvidence(device, fact) {
    const before = device.attempts.filter((attempt) => attempt.opened <= fact.time + 1e6);
    const nearest = before[before.length - 1];
    return nearest && fact.time <= nearest.closed + 64e6 ? nearest : undefined;
}

function evidenceRows(device, attempt) {
    const known = new Set(device.attempts.flatMap(stepRefs).map(refKey));
    const rows = [];
    for (const finding of device.findings) {
        for (const fact of finding.evidence) {
            if (
                fact.frame &&
                fact.time !== undefined &&
                !known.has(refKey(fact)) &&
                attemptOfEvidence(device, fact) === attempt
            ) {
                known.add(refKey(fact));
                const row = evidenceRow(device, finding, fact);
                rows.push(row);
                if (row.kind === 'evidence' && /^an answer/.test(fact.expected || '')) {
                    rows.push({
                        kind: 'missing',
                        right: !row.right,
                        sort: fact.time,
                        label: 'expected: ' + visibleLine(fact.expected),
                    });
                }
            }
        }
    }
    return rows;
}

function addOmitted(rows, omitted) {
    rows.push({
        kind: 'note',
        label: countText(omitted, 'further exchange') + ' here, which the report did not keep',
    });
}

/* What a device does before it can send a REGISTER, and which way it goes. */
const BELOW_SIP = {
    name_asked: true,
    name_refused: false,
    connecting: true,
    connection_refused: false,
    tls_failed: undefined,
};

/* A device that never sent a REGISTER has an attempt all the same: it asked
 * for a name, or opened a connection. */
function attemptBelow(device) {
    const events = device.timeline.filter((event) => event.event in BELOW_SIP);
    if (events.length === 0) {
        return [];
    }
    const ends = events.map((event) => (event.until === undefined ? event.time : event.until));
    return [
        {
            below: events,
            purpose: 'below',
            outcome: 'abandoned',
            opened: events[0].time,
            closed: Math.max(...ends),
        },
    ];
}

function rowOfEvent(event) {
    const way = BELOW_SIP[event.event];
    return {
        kind: event.event === 'name_asked' || event.event === 'connecting' ? 'request' : 'bad',
        right: way === undefined ? / phone /.test(event.text) : way,
        time: event.time,
        ref: framesOfEvent(event)[0],
        label: visibleLine(event.text),
        note: event.until > event.time ? 'until ' + timeText(event.until) : '',
    };
}

function ladderRows(device, attempt, everything) {
    const steps = attempt.steps || [];
    const folds = !everything && steps.length > LADDER_FOLD;
    const rows = (attempt.below || []).map(rowOfEvent);
    steps.forEach((step, i) => {
        if (folds && i === LADDER_ENDS) {
            rows.push({
                kind: 'fold',
                label: countText(steps.length - 2 * LADDER_ENDS, 'more exchange') + ', show them',
            });
        }
        if (!folds || i < LADDER_ENDS || i >= steps.length - LADDER_ENDS) {
            rows.push(...rowsOfStep(device, attempt, step));
        }
        if (attempt.steps_omitted && i === 7) {
            addOmitted(rows, attempt.steps_omitted);
        }
    });
    for (const row of evidenceRows(device, attempt)) {
        const time = row.time === undefined ? row.sort : row.time;
        const after = rows.findIndex((other) => other.time !== undefined && other.time > time);
        rows.splice(after < 0 ? rows.length : after, 0, row);
    }
    return withGaps(rows.concat(rowsOfEnd(device, attempt)));
}

/* A silence is part of the story. */
function withGaps(rows) {
    const all = [];
    let last;
    for (const row of rows) {
        if (row.time !== undefined && last !== undefined && row.time - last > GAP_US) {
            all.push({ kind: 'gap', label: spanText(row.time - last) + ' later' });
        }
        last = row.time === undefined ? last : row.time;
        all.push(row);
    }
    return all;
}
