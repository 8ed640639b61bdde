/*
 * One message as text, with the bytes marked that something rests on.
 */

/* Words of a fact that stand for a part of the message. */
const SPOKEN_OF = [
    [/\bbranch\b/i, /branch=[^;,\s]+/i],
    [/\bCSeq\b/, /^CSeq[ \t]*:.*$/im],
    [/\bContact\b/, /^(?:Contact|m)[ \t]*:.*$/im],
    [/\bVia\b/, /^(?:Via|v)[ \t]*:.*$/im],
    [/\bCall-ID\b/i, /^(?:Call-ID|i)[ \t]*:.*$/im],
    [/\brport\b/, /rport(?:=\d+)?/i],
    [/\breceived\b/, /received=[^;,\s]+/i],
    [/\bnonce\b/, /nonce="[^"]*"/i],
    [/\brealm\b/, /realm="[^"]*"/i],
    [/\bstale\b/, /stale="?\w+"?/i],
    [/\bqop\b/, /qop="?[^",]+"?/i],
    [/\balgorithm\b/, /algorithm="?[^",\s]+"?/i],
    [/\bMin-Expires\b/, /^Min-Expires[ \t]*:.*$/im],
    [/\bRetry-After\b/, /^Retry-After[ \t]*:.*$/im],
    [/\bUnsupported\b/, /^Unsupported[ \t]*:.*$/im],
    [/\bcredentials\b|\bAuthorization\b/, /^(?:Proxy-)?Authorization[ \t]*:.*$/im],
    [/\bchallenge\b/, /^(?:WWW|Proxy)-Authenticate[ \t]*:.*$/im],
    [/\bexpires\b/i, /\bexpires(?:=\d+|[ \t]*:.*$)/im],
];

function rangeOf(text, pattern) {
    const found = pattern.exec(text);
    return found ? [{ from: found.index, until: found.index + found[0].length }] : [];
}

/* "CSeq 2", "Via 192.168.1.10:5060": a value in the line of that header. */
function headerRange(text, part) {
    const named = /^([A-Za-z-]+) (\S.*)$/.exec(part);
    if (!named) {
        return [];
    }
    const escaped = named[1].replace(/[-]/g, '\\-');
    const line = new RegExp('^' + escaped + '[ \\t]*:.*$', 'im').exec(text);
    const at = line ? line[0].indexOf(named[2]) : -1;
    return at >= 0 ? [{ from: line.index + at, until: line.index + at + named[2].length }] : [];
}

/* Where a message shows what was seen in it. */
function rangesOfSeen(text, seen) {
    const parts = seen
        .split(' in the ')[0]
        .split(/, |; /)
        .map((part) => part.trim().replace(/\.\.\.$/, ''))
        .filter((part) => part.length > 2);
    return parts.flatMap((part) => {
        const at = text.indexOf(part);
        return at >= 0 ? [{ from: at, until: at + part.length }] : headerRange(text, part);
    });
}

function rangesOfFact(text, fact) {
    const said = [fact.what, fact.seen, fact.expected].filter(Boolean).join(' ');
    const named = SPOKEN_OF.filter(([word]) => word.test(fact.what || '')).flatMap(([, pattern]) =>
        rangeOf(text, pattern),
    );
    const seen = rangesOfSeen(text, fact.seen || '').concat(named);
    if (seen.length > 0) {
        return seen;
    }
    const spoken = SPOKEN_OF.filter(([word]) => word.test(said)).flatMap(([, pattern]) =>
        rangeOf(text, pattern),
    );
    return spoken.length > 0 ? spoken : rangeOf(text, /^.*$/m);
}

/* Ingredients of a digest that are not what they have to be. */
function rangesOfDigest(text, digest) {
    const wrong = ((digest && digest.table) || []).filter(
        (row) => row.answer !== undefined && row.verdict !== undefined && row.verdict !== 'same',
    );
    return wrong.flatMap((row) => {
        const at = text.indexOf(row.answer);
        return at >= 0 && row.answer.length > 0
            ? [{ from: at, until: at + row.answer.length }]
            : [];
    });
}

function joinRanges(ranges) {
    const joined = [];
    for (const range of ranges.slice().sort((a, b) => a.from - b.from)) {
        const last = joined[joined.length - 1];
        if (last && range.from <= last.until) {
            last.until = Math.max(last.until, range.until);
        } else {
            joined.push({ from: range.from, until: range.until });
        }
    }
    return joined;
}

function markedText(text, ranges) {
    const nodes = [];
    let at = 0;
    for (const range of joinRanges(ranges)) {
        nodes.push(
            visible(text.slice(at, range.from)),
            el('mark', null, visible(text.slice(range.from, range.until))),
        );
        at = range.until;
    }
    nodes.push(visible(text.slice(at)));
    return nodes;
}

/* What findings say of a frame. */
function factsAbout(list, ref) {
    const key = refKey(ref);
    return list.flatMap((finding) =>
        finding.evidence
            .filter((fact) => fact.frame && refKey(fact) === key)
            .map((fact) => ({ finding, fact })),
    );
}

function factLine({ finding, fact }) {
    return el(
        'li',
        null,
        severityBadge(finding.severity),
        ' ',
        el('b', null, fact.what),
        fact.seen ? [': ', wire(fact.seen)] : null,
        fact.expected
            ? [el('span', { class: 'expected' }, ' expected: ', wire(fact.expected))]
            : null,
    );
}

function messageText(message, facts, digest) {
    const text = message.text.replace(/\r\n/g, '\n').replace(/\n+$/, '');
    const ranges = facts
        .flatMap(({ fact }) => rangesOfFact(text, fact))
        .concat(rangesOfDigest(text, digest));
    return el(
        'div',
        null,
        el(
            'p',
            { class: 'quiet' },
            timeText(message.time, 6) + ' UTC, ',
            wire(message.from, 'code'),
            ' to ',
            wire(message.to, 'code'),
            message.tcp ? ' over TCP' : ' over UDP',
        ),
        el(
            'pre',
            { class: 'message', tabindex: '0', 'aria-label': 'The message' },
            markedText(text, ranges),
        ),
        message.left_out
            ? el('p', { class: 'quiet' }, 'and ' + numberText(message.left_out) + ' more bytes.')
            : null,
    );
}

/* What findings say of the same message at another place: which frame that is,
 * and what differs here and there, as if it were evidence. */
function otherSide(list, ref) {
    const key = refKey(ref);
    const rows = list.flatMap((finding) => finding.diff || []);
    const sideOf = (row) =>
        ['inside', 'outside'].find(
            (side) => row[side + '_at'].frame && refKey(row[side + '_at']) === key,
        );
    const here = rows.filter((row) => sideOf(row));
    if (here.length === 0) {
        return null;
    }
    const other = sideOf(here[0]) === 'inside' ? 'outside' : 'inside';
    const marks = (which) =>
        here
            .filter((row) => row[which])
            .map((row) => ({ fact: { what: '', seen: row.header + ' ' + row[which] } }));
    return {
        other: here[0][other + '_at'],
        inside: { ref: here[0].inside_at, marks: marks('inside') },
        outside: { ref: here[0].outside_at, marks: marks('outside') },
    };
}

function sideColumn(title, side, digest) {
    const messages = messagesAt.get(refKey(side.ref)) || [];
    return el(
        'div',
        null,
        el('h5', null, title + ': ', wire(fileFrameText(side.ref))),
        messages.map((message) => messageText(message, side.marks, digest)),
    );
}

function closeButton(onClose) {
    return el(
        'button',
        { type: 'button', class: 'tool', onclick: onClose, 'aria-label': 'Close the message' },
        'Close',
    );
}

/* 'ref': which frame; 'about': the findings it may be evidence for. */
function messagePanel(ref, about, digest, onClose) {
    const messages = messagesAt.get(refKey(ref)) || [];
    const facts = factsAbout(about, ref);
    const pair = otherSide(about, ref);
    const both = pair && messagesAt.has(refKey(pair.other));
    return el(
        'section',
        { class: 'message-panel', 'aria-label': fileFrameText(ref), tabindex: '-1' },
        el(
            'div',
            { class: 'panel-head' },
            el('h4', null, wire(fileFrameText(ref))),
            onClose && closeButton(onClose),
        ),
        facts.length > 0 && el('ul', { class: 'facts-of-frame' }, facts.map(factLine)),
        both
            ? el(
                  'div',
                  { class: 'both-sides' },
                  sideColumn('Inside', pair.inside, digest),
                  sideColumn('Outside', pair.outside, digest),
              )
            : messages.map((message) => messageText(message, facts, digest)),
        messages.length === 0 &&
            el(
                'p',
                { class: 'quiet' },
                'The text of this packet is not in the report: it is no SIP message, ',
                'or it was not kept. ',
                'Look at ' + fileFrameText(ref) + ' in Wireshark.',
            ),
    );
}
