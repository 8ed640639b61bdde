/*
 * Shows the view that the fragment names, and what belongs to all of them:
 * theme, keys, print.
 */

let view = null;
let lastOverview = '#/';

function makeView(route) {
    if (route.view === 'device') {
        return deviceView(route.name, route.params);
    }
    if (route.view === 'finding') {
        return findingView(route.name, route.params);
    }
    lastOverview = location.hash || '#/';
    return overviewView(route.params);
}

let shown = 0; /* how many views were asked for */

/* A view may have to read blocks first; when another one was asked for
 * meanwhile, it is too late for this one. */
async function show() {
    const main = document.getElementById('main');
    const fragment = location.hash;
    const route = parseRoute(fragment);
    const name = route.view + '/' + (route.name || '');
    const mine = ++shown;
    const made = await makeView(route);
    if (mine !== shown) {
        return;
    }
    const sameView = view !== null && view.name === name;
    const scrolled = window.scrollY;
    const focused = document.activeElement && document.activeElement.id;
    view = Object.assign(made, { name });
    document.title =
        view.title === 'whyreg report'
            ? view.title
            : visibleLine(view.title) + ' \u2013 whyreg report';
    append(clear(main), view.nodes);
    window.scrollTo(0, sameView ? scrolled : 0);
    view.drawn();
    if (sameView && focused && document.getElementById(focused)) {
        document.getElementById(focused).focus({ preventScroll: true });
    } else if (!sameView) {
        main.focus({ preventScroll: true });
    }
    main.dataset.shown = fragment;
}

/* What the reader chose wins over what the system says, for as long as the
 * browser remembers it. */
function storedTheme() {
    try {
        return localStorage.getItem('whyreg-theme');
    } catch (error) {
        return null;
    }
}

function storeTheme(theme) {
    try {
        localStorage.setItem('whyreg-theme', theme);
    } catch (error) {
        /* A page from a file may have no storage. */
    }
}

function setTheme(theme) {
    const button = document.getElementById('theme');
    document.documentElement.dataset.theme = theme;
    button.setAttribute('aria-pressed', String(theme === 'dark'));
    button.textContent = theme === 'dark' ? 'Light' : 'Dark';
}

function startTheme() {
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    setTheme(storedTheme() || (system.matches ? 'dark' : 'light'));
    system.addEventListener(
        'change',
        () => !storedTheme() && setTheme(system.matches ? 'dark' : 'light'),
    );
    document.getElementById('theme').addEventListener('click', () => {
        const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
        setTheme(theme);
        storeTheme(theme);
    });
}

function isTyping(event) {
    return /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
}

function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
        return;
    }
    if (event.key === '/' && !isTyping(event) && view.focusSearch) {
        event.preventDefault();
        view.focusSearch();
    } else if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        !isTyping(event) &&
        parseRoute(location.hash).view !== ''
    ) {
        location.hash = lastOverview;
    }
}

/* On paper everything that is folded is open, and the list is whole. */
function beforePrint() {
    document.querySelectorAll('details').forEach((node) => {
        if (!node.open) {
            node.dataset.closed = 'yes';
            node.open = true;
        }
    });
    if (view.beforePrint) {
        view.beforePrint();
    }
}

function afterPrint() {
    document.querySelectorAll('details[data-closed]').forEach((node) => {
        node.open = false;
        delete node.dataset.closed;
    });
    if (view.afterPrint) {
        view.afterPrint();
    }
}

let resizing = 0;

function onResize() {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(() => view.resized && view.resized());
}

document.getElementById('bar-title').textContent = captures
    .map((capture) => visibleLine(capture.name))
    .join(', ');
document
    .getElementById('skip')
    .addEventListener('click', () => document.getElementById('main').focus());
document.getElementById('print').addEventListener('click', () => window.print());
window.addEventListener('hashchange', show);
window.addEventListener('resize', onResize);
window.addEventListener('beforeprint', beforePrint);
window.addEventListener('afterprint', afterPrint);
document.addEventListener('keydown', onKey);
startTheme();
await show();
