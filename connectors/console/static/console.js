// Locks the screen when nobody is there, without losing what was typed, and says when the surgery's computer is silent.
const body = document.body;
const IDLE = Number(body.dataset.idle) * 1000;
const OFTEN = 60 * 1000;
let used = Date.now();
let told = Date.now();

const post = (path, fields) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = path;
  for (const [name, value] of Object.entries({ ...fields, token: body.dataset.token })) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  body.append(form);
  form.submit();
};

// What is being written: the fields of forms marked `data-draft`.
const draft = () => {
  const typed = [...document.querySelectorAll('form[data-draft]')].flatMap((form) => [...new FormData(form)]);
  return Object.fromEntries(typed.filter(([name, value]) => name !== 'token' && typeof value === 'string' && value));
};

const lock = () => post('/console/lock-now', { next: location.pathname + location.search, ...draft() });

document.getElementById('lock').addEventListener('submit', (event) => {
  event.preventDefault();
  lock();
});

// The server counts by itself; it is told, now and then, that somebody is reading or writing.
const use = () => {
  const now = Date.now();
  if (now - used >= IDLE) return lock();
  used = now;
  if (now - told < OFTEN) return undefined;
  told = now;
  const headers = { 'X-CSRF-Token': body.dataset.token, 'Content-Type': 'application/x-www-form-urlencoded' };
  return fetch('/console/awake', { method: 'POST', headers }).catch(() => {});
};

for (const what of ['keydown', 'pointerdown', 'wheel', 'touchstart']) {
  addEventListener(what, use, { passive: true, capture: true });
}
setInterval(() => { if (Date.now() - used >= IDLE) lock(); }, 5000);

const trouble = document.getElementById('trouble');
const say = (words) => { trouble.textContent = words; trouble.hidden = !words; };
addEventListener('htmx:sendError', () => say('There is no connection. What you see may be out of date.'));
addEventListener('htmx:sseError', () => say('There is no connection. What you see may be out of date.'));
addEventListener('htmx:responseError', () => say('That did not work. Try again, or load the page again.'));
addEventListener('htmx:sseOpen', () => say(''));
addEventListener('htmx:afterRequest', (event) => { if (event.detail.successful) say(''); });

// The session was locked or ended, here or elsewhere; the lock screen, or the way in, is next.
const over = (event) => { event.target.close(); lock(); };
addEventListener('htmx:sseOpen', (event) => event.detail.source.addEventListener('over', over));
