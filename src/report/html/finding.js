/*
 * One finding: the claim, what shows it, what else it could have been, and
 * what to do.
 */

const GRADES = {
    proven: 'proven: it follows from the bytes of the capture',
    strong: 'strong: one unusual alternative remains',
    weak: 'weak: a hint',
};

function evidenceItem(finding, fact) {
    const frame = fact.frame
        ? el(
              'a',
              { class: 'frame-link', href: routeOfEvidence(finding, fact) },
              wire(fileFrameText(fact)),
          )
        : el('span', { class: 'quiet' }, 'no single packet');
    return el(
        'li',
        null,
        frame,
        fact.time === undefined ? null : el('span', { class: 'quiet' }, ' ' + timeText(fact.time)),
        ' ',
        el('b', null, fact.what),
        fact.seen ? [': ', wire(fact.seen)] : null,
        fact.expected
            ? el('span', { class: 'expected' }, ' expected: ', wire(fact.expected))
            : null,
    );
}

function diffSide(finding, row, side) {
    const at = row[side + '_at'];
    return el(
        'td',
        { class: 'diff-' + side },
        row[side] === undefined
            ? el('span', { class: 'quiet' }, 'not there')
            : wire(row[side], 'code'),
        at && at.frame
            ? el('a', { class: 'diff-frame', href: routeOfEvidence(finding, at) }, frameText(at))
            : null,
    );
}

function diffRow(finding, row) {
    const part = [row.part === 'value' || row.part === 'param' ? undefined : row.part, row.param]
        .filter(Boolean)
        .join(' ');
    return [
        el(
            'th',
            { scope: 'row' },
            wire(row.header || ''),
            part && el('span', { class: 'quiet' }, ' ', wire(part)),
        ),
        el(
            'td',
            null,
            wire(row.message || ''),
            el(
                'span',
                { class: 'quiet' },
                row.direction === 'in' ? ' to the phone' : ' from the phone',
            ),
        ),
        diffSide(finding, row, 'inside'),
        diffSide(finding, row, 'outside'),
        row.of === undefined
            ? numberText(row.count || 1)
            : numberText(row.count) + ' of ' + numberText(row.of),
    ];
}

/* What differs between two places, side by side. */
function diffTable(finding) {
    const rows = finding.diff || [];
    if (rows.length === 0) {
        return null;
    }
    return el(
        'div',
        { class: 'diff' },
        el(
            'h4',
            null,
            'Inside and outside, side by side' +
                (finding.compared > 0
                    ? ' (' + countText(finding.compared, 'message') + ' compared)'
                    : ''),
        ),
        tableOf(
            'What differs between the two places',
            ['What', 'In', 'Inside', 'Outside', 'Times'],
            rows.map((row) => diffRow(finding, row)),
            'diff-table',
        ),
    );
}

function rejectedList(finding) {
    const list = finding.rejected || [];
    return list.length === 0
        ? null
        : el(
              'div',
              null,
              el('h4', null, 'What it is not'),
              el(
                  'ul',
                  null,
                  list.map((other) =>
                      el('li', null, el('code', null, other.id), ': ', wire(other.because)),
                  ),
              ),
          );
}

function timesText(finding) {
    if (finding.from === undefined) {
        return '';
    }
    return finding.count > 1
        ? 'Seen ' +
              countText(finding.count, 'time') +
              ', from ' +
              timeText(finding.from) +
              ' to ' +
              timeText(finding.until) +
              ' UTC.'
        : 'At ' + timeText(finding.from) + ' UTC.';
}

function findingCard(finding) {
    const id = 'finding-' + finding.number;
    return el(
        'article',
        { class: 'finding finding-' + finding.severity, 'aria-labelledby': id },
        el(
            'header',
            null,
            severityBadge(finding.severity),
            el('h3', { id }, finding.title),
            el(
                'a',
                {
                    class: 'quiet',
                    href: routeTo('finding/' + finding.number),
                    'aria-label': 'Link to this finding',
                },
                el('code', null, finding.id),
            ),
        ),
        el('p', { class: 'summary' }, wire(finding.summary)),
        el(
            'p',
            { class: 'quiet' },
            [timesText(finding), capitalized(GRADES[finding.grade] || finding.grade) + '.'].join(
                ' ',
            ),
        ),
        finding.evidence.length > 0 &&
            el(
                'div',
                null,
                el('h4', null, 'What shows it'),
                el(
                    'ol',
                    { class: 'evidence' },
                    finding.evidence.map((fact) => evidenceItem(finding, fact)),
                ),
            ),
        diffTable(finding),
        rejectedList(finding),
        finding.settle &&
            el(
                'div',
                null,
                el('h4', null, 'What would settle it'),
                el('p', null, wire(finding.settle)),
            ),
        finding.advice &&
            el(
                'div',
                { class: 'advice' },
                el('h4', null, 'What to do'),
                el('p', null, wire(finding.advice)),
            ),
        finding.reference && el('p', { class: 'quiet' }, 'See ' + finding.reference + '.'),
    );
}

async function findingView(number, params) {
    const finding = findings[Number(number) - 1];
    if (!finding) {
        return missingView(
            'There is no finding ' + visibleLine(String(number)) + ' in this report.',
        );
    }
    const device = deviceById.get(finding.device);
    const ref = parseRef(params.frame);
    await loadFindings([finding]);
    return {
        title: finding.title,
        nodes: [
            breadcrumb(finding.title),
            findingCard(finding),
            device &&
                el(
                    'p',
                    null,
                    el(
                        'a',
                        { href: routeOfDevice(device) },
                        'All about ',
                        wire(accountText(device)),
                    ),
                ),
            ref && el('div', { class: 'panel' }, messagePanel(ref, [finding])),
        ],
        drawn: () => {},
    };
}

/* "0:12" of the fragment. */
function parseRef(text) {
    const found = /^(\d+):(\d+)$/.exec(text || '');
    return found ? { capture: Number(found[1]), frame: Number(found[2]) } : undefined;
}

function breadcrumb(here) {
    return el(
        'nav',
        { class: 'breadcrumb', 'aria-label': 'Where you are' },
        el('a', { href: lastOverview }, 'All devices'),
        el('span', { 'aria-hidden': 'true' }, ' / '),
        el('span', null, here),
    );
}

function missingView(text) {
    return {
        title: 'whyreg report',
        nodes: [breadcrumb('Not here'), el('p', { class: 'panel' }, text)],
        drawn: () => {},
    };
}
