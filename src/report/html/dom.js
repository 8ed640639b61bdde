/*
 * Elements. Text becomes text nodes and nothing else, wherever it comes from;
 * no markup is ever made from a string.
 */

const SVG = 'http://www.w3.org/2000/svg';

function append(node, children) {
    for (const child of children) {
        if (Array.isArray(child)) {
            append(node, child);
        } else if (child instanceof Node) {
            node.appendChild(child);
        } else if (child !== null && child !== undefined && child !== false) {
            node.appendChild(document.createTextNode(String(child)));
        }
    }
    return node;
}

function dress(node, attributes) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (value === null || value === undefined || value === false) {
            continue;
        }
        if (name.startsWith('on')) {
            node.addEventListener(name.slice(2), value);
        } else {
            node.setAttribute(name, value === true ? '' : value);
        }
    }
    return node;
}

function el(tag, attributes, ...children) {
    return append(dress(document.createElement(tag), attributes), children);
}

function svgEl(tag, attributes, ...children) {
    return append(dress(document.createElementNS(SVG, tag), attributes), children);
}

function clear(node) {
    while (node.firstChild) {
        node.removeChild(node.firstChild);
    }
    return node;
}

/* Words from the wire: made visible, and kept from turning what is around them. */
function wire(text, className) {
    return el('bdi', { class: 'wire' + (className ? ' ' + className : '') }, visibleLine(text));
}

/* Enter and blank do what a click does, for what is no button by itself. */
function pressable(node, action) {
    node.addEventListener('click', action);
    node.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            action(event);
        }
    });
    return node;
}

function badge(kind, text) {
    return el('span', { class: 'badge ' + kind }, text);
}

function stateBadge(state) {
    return el('span', { class: 'state state-' + state }, el('i', { 'aria-hidden': 'true' }), state);
}

function severityBadge(severity) {
    return badge('severity-' + severity, severity);
}

/* A table with a caption for who cannot see it. 'rows': of arrays of cells. */
function tableOf(caption, heads, rows, className) {
    return el(
        'div',
        { class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': caption },
        el(
            'table',
            { class: className },
            el('caption', { class: 'visually-hidden' }, caption),
            el(
                'thead',
                null,
                el(
                    'tr',
                    null,
                    heads.map((head) => el('th', { scope: 'col' }, head)),
                ),
            ),
            el(
                'tbody',
                null,
                rows.map((cells) =>
                    el(
                        'tr',
                        null,
                        cells.map((cell) =>
                            cell instanceof HTMLTableCellElement ? cell : el('td', null, cell),
                        ),
                    ),
                ),
            ),
        ),
    );
}

/* "label: value" pairs; those without a value are left out. */
function factList(pairs) {
    return el(
        'dl',
        { class: 'facts' },
        pairs
            .filter((pair) => pair && pair[1] !== undefined && pair[1] !== null && pair[1] !== '')
            .map((pair) => el('div', null, el('dt', null, pair[0]), el('dd', null, pair[1]))),
    );
}

function announce(text) {
    document.getElementById('announce').textContent = text;
}

/* Approximate width of a text in an SVG, for cutting it to fit. */
function fitText(text, width, perCharacter) {
    const room = Math.max(3, Math.floor(width / (perCharacter || 6.6)));
    return text.length <= room ? text : text.slice(0, room - 1) + '\u2026';
}
