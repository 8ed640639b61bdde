/*
 * One attempt to register as a ladder: what was sent, what came back, and what
 * should have been sent and was not.
 */

const ARROW_HEIGHT = 46;
const NOTE_HEIGHT = 26;

function ladderPlaces(width) {
    const narrow = width < 560;
    const frames = narrow ? 0 : captures.length > 1 ? 170 : 100;
    const left = (narrow ? 16 : 112) + (severalDays && !narrow ? 60 : 0);
    return { narrow, width, left, right: width - frames - (narrow ? 16 : 24), frames };
}

function arrowHead(x, y, right) {
    const back = right ? -9 : 9;
    return svgEl('path', { class: 'head', d: 'M' + x + ' ' + y + 'l' + back + ' -5v10z' });
}

function drawArrow(group, row, y, places) {
    const from = row.right ? places.left : places.right;
    const to = row.right ? places.right : places.left;
    const room = places.right - places.left - 20;
    const middle = (places.left + places.right) / 2;
    group.appendChild(
        svgEl('line', { class: 'shaft', x1: from, x2: to + (row.right ? -8 : 8), y1: y, y2: y }),
    );
    group.appendChild(arrowHead(to, y, row.right));
    group.appendChild(
        svgEl(
            'text',
            { class: 'arrow-label', x: middle, y: y - 7, 'text-anchor': 'middle' },
            fitText(row.label, room, 7.2),
        ),
    );
    const small =
        places.narrow && row.time !== undefined
            ? [clockText(row.time), row.note].filter(Boolean).join(', ')
            : row.note;
    if (small) {
        group.appendChild(
            svgEl(
                'text',
                { class: 'arrow-note', x: middle, y: y + 15, 'text-anchor': 'middle' },
                fitText(small, room, 6.4),
            ),
        );
    }
}

function drawMargins(group, row, y, places) {
    if (places.narrow || row.time === undefined) {
        return;
    }
    group.appendChild(
        svgEl(
            'text',
            { class: 'margin', x: places.left - 16, y: y + 4, 'text-anchor': 'end' },
            timeText(row.time),
        ),
    );
    if (row.ref) {
        group.appendChild(
            svgEl(
                'text',
                { class: 'margin', x: places.right + 26, y: y + 4 },
                fitText(frameText(row.ref), places.frames - 10, 6.6),
            ),
        );
    }
}

function rowName(row) {
    const way = row.right ? 'from the phone to the registrar' : 'from the registrar to the phone';
    const where = row.ref ? ', ' + fileFrameText(row.ref) : '';
    return row.kind === 'missing'
        ? 'Missing ' + way + ': ' + row.label
        : (row.time === undefined ? '' : timeText(row.time) + ', ') +
              way +
              ': ' +
              row.label +
              (row.note ? ', ' + row.note : '') +
              where;
}

function makeRow(row, y, places, about, onPress) {
    const { cited, chosen } = about;
    const isArrow = !['note', 'gap', 'fold', 'evidence-note'].includes(row.kind);
    const pressed = row.ref || row.kind === 'fold';
    const group = svgEl('g', {
        class: 'ladder-row row-' + row.kind + (cited ? ' cited' : '') + (chosen ? ' chosen' : ''),
        'data-frame': row.ref ? refKey(row.ref) : null,
        tabindex: pressed ? '0' : null,
        role: pressed ? 'button' : 'img',
        'aria-label': isArrow ? rowName(row) : row.label,
    });
    const height = isArrow ? ARROW_HEIGHT : NOTE_HEIGHT;
    group.appendChild(
        svgEl('rect', { class: 'hit', x: 0, y: y - height / 2, width: places.width, height }),
    );
    group.appendChild(svgEl('title', null, rowName(row)));
    if (isArrow) {
        drawArrow(group, row, y, places);
    } else {
        group.appendChild(
            svgEl(
                'text',
                {
                    class: 'note-label',
                    x: (places.left + places.right) / 2,
                    y: y + 4,
                    'text-anchor': 'middle',
                },
                fitText(row.label, places.right - places.left - 24, 6.8),
            ),
        );
    }
    drawMargins(group, row, y, places);
    if (cited) {
        group.appendChild(
            svgEl('circle', {
                class: 'cite cite-' + cited,
                r: 4.5,
                cy: y,
                cx: places.right + (places.narrow ? 8 : 14),
            }),
        );
    }
    return pressed ? pressable(group, () => onPress(row)) : group;
}

function drawHeads(svg, ends, places) {
    const heads = [
        ['Phone', ends.phone, places.left, 'start'],
        ['Registrar', ends.registrar, places.right, 'end'],
    ];
    for (const [name, address, x, anchor] of heads) {
        const at = places.narrow ? (anchor === 'start' ? 0 : places.width) : x;
        const place = places.narrow ? anchor : 'middle';
        svg.appendChild(
            svgEl('text', { class: 'head-name', x: at, y: 14, 'text-anchor': place }, name),
        );
        svg.appendChild(
            svgEl(
                'text',
                { class: 'head-address', x: at, y: 31, 'text-anchor': place },
                fitText(address, places.narrow ? places.width / 2 : 220, 6.8),
            ),
        );
    }
}

function drawLifelines(svg, places, height) {
    for (const x of [places.left, places.right]) {
        svg.appendChild(svgEl('line', { class: 'lifeline', x1: x, x2: x, y1: 40, y2: height }));
    }
}

/* Frames that findings rest on, with the worst severity of these. */
function citedFrames(device) {
    const cited = new Map();
    for (const finding of device.findings.slice().reverse()) {
        finding.evidence
            .filter((fact) => fact.frame)
            .forEach((fact) => cited.set(refKey(fact), finding.severity));
    }
    return cited;
}

/* Draws for the width that is there. 'look': whether everything is shown, and
 * the frame that is chosen; 'onPress' gets the row. */
function drawLadder(frame, device, attempt, look, onPress) {
    const places = ladderPlaces(Math.max(280, frame.clientWidth));
    const rows = ladderRows(device, attempt, look.everything);
    const cited = citedFrames(device);
    const isTall = (row) => !['note', 'gap', 'fold', 'evidence-note'].includes(row.kind);
    const height =
        56 + rows.reduce((sum, row) => sum + (isTall(row) ? ARROW_HEIGHT : NOTE_HEIGHT), 0);
    const svg = svgEl('svg', {
        class: 'ladder',
        width: places.width,
        height,
        role: 'group',
        'aria-label': 'Messages of this attempt',
    });
    drawHeads(svg, endsOf(device, attempt), places);
    let y = 48;
    for (const row of rows) {
        const size = isTall(row) ? ARROW_HEIGHT : NOTE_HEIGHT;
        const key = row.ref && refKey(row.ref);
        svg.appendChild(
            makeRow(
                row,
                y + size / 2,
                places,
                { cited: key && cited.get(key), chosen: key && key === look.chosen },
                onPress,
            ),
        );
        y += size;
    }
    drawLifelines(svg, places, height);
    clear(frame).appendChild(svg);
}
