// For whoever works through the queue: keys, the bell for urgent messages, and the newest words in view.
const byId = (id) => document.getElementById(id);
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* then it is asked again */ } };
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };

// The bell. Browsers let a page ring only after somebody has used it; until then it says so.
const title = document.title;
const bell = byId('bell');
const sound = byId('sound');
let rung = Number(byId('alarm').dataset.ring);

const hasSound = () => kept('console-sound') !== 'off';
const showSound = () => {
  sound.hidden = false;
  sound.setAttribute('aria-pressed', String(hasSound()));
  sound.querySelector('span').textContent = hasSound() ? 'on' : 'off';
};
const say = (words) => { byId('ringing').textContent = words; };
const ring = (words) => {
  say(words);
  if (hasSound()) bell.play().catch(() => ringLater(words));
};
const ringLater = (words) => {
  say(`${words} Press any key to let this page ring.`);
  const used = new AbortController();
  const now = () => {
    used.abort();
    if (Number(byId('alarm').dataset.urgent)) ring(words);
  };
  for (const what of ['keyup', 'pointerup']) addEventListener(what, now, { signal: used.signal });
};

sound.addEventListener('click', () => {
  keep('console-sound', hasSound() ? 'off' : 'on');
  showSound();
  if (hasSound()) bell.play().catch(() => {});
});

const look = () => {
  const { ring: newest, urgent, unassigned } = byId('alarm').dataset;
  document.title = Number(urgent) ? `(${urgent} urgent) ${title}` : title;
  byId('waiting').textContent = `${unassigned} waiting for somebody, ${urgent} urgent`;
  if (Number(newest) > rung) {
    rung = Number(newest);
    ring(urgent === '1' ? 'One message is urgent.' : `${urgent} messages are urgent.`);
  }
  if (!Number(urgent)) say('');
};

// The conversation: the newest words in view, and said to screen readers once.
const thread = byId('thread');
const newest = () => Number(byId('newest-at')?.dataset.newest ?? 0);
let seen = newest();
const down = () => { if (thread) thread.scrollTop = thread.scrollHeight; };

addEventListener('htmx:afterSettle', () => {
  look();
  if (newest() <= seen) return;
  seen = newest();
  down();
  byId('waiting').textContent = 'There is something new in this conversation.';
});

// What happened before this page listened, or while the connection was lost, was told to nobody: it is asked for.
addEventListener('htmx:sseOpen', () => {
  for (const name of ['sse:queue', 'sse:conversation']) {
    document.querySelectorAll(`[hx-trigger*="${name}"]`).forEach((part) => htmx.trigger(part, name));
  }
});

// An answer to a form stands at the form's address; reloaded, or locked and opened again, it is the conversation.
const own = document.querySelector('[data-at]')?.dataset.at;
if (own && location.pathname !== own) history.replaceState(null, '', own);

// Keys. Each element names its own; a form that is folded away is opened.
const rows = () => [...document.querySelectorAll('[data-row]')];
const here = () => document.activeElement?.closest('[data-row]');
const isTyping = () => keys.open || Boolean(document.activeElement?.matches(':not(dialog *):is(input, textarea, select)'));

const move = (step) => {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.querySelector('a').focus();
};

const act = (key) => {
  const found = (here() ?? document).querySelector(`[data-key="${key}"]`);
  if (!found) return false;
  if (found.matches('summary')) {
    found.parentElement.open = true;
    found.parentElement.querySelector('button, select, input:not([type=hidden])').focus();
  } else if (found.matches('button')) {
    found.click();
  } else {
    found.focus();
  }
  return true;
};

const keys = byId('keys');
const keysOn = byId('keys-on');
keysOn.checked = kept('console-keys') !== 'off';
keysOn.addEventListener('change', () => keep('console-keys', keysOn.checked ? 'on' : 'off'));
byId('show-keys').hidden = false;
byId('show-keys').addEventListener('click', () => keys.showModal());

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping()) return;
  if (event.key === '?') {
    event.preventDefault();
    keys.showModal();
  } else if (keysOn.checked && (event.key === 'j' || event.key === 'k')) {
    event.preventDefault();
    move(event.key === 'j' ? 1 : -1);
  } else if (keysOn.checked && /^[crnsebu]$/.test(event.key) && act(event.key)) {
    event.preventDefault();
  }
});

showSound();
look();
down();
