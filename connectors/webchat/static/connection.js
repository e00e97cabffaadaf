/* The line to the server: POST up, an event stream down, or polling. */

const HEADERS = { "Content-Type": "application/json", "X-Requested-With": "chat" };
const ANSWER_MS = 15000;
const POLL_MS = 4000;
const REPLY_MS = 6000; // then ask: a proxy may hold the stream back
const LONGEST_WAIT_MS = 30000;
const FAILURES_BEFORE_POLLING = 3;

const { base } = document.body.dataset;
let on, source, retry, poll, watch;
let running = false;
let round = 0; // an answer to an earlier round is ignored
let last = 0;
let skew = 0; // this computer's clock may be wrong
let failures = 0;
let replies = 0;
let ended = true; // whether the server has heard of an end

export let proof = null; // since when the patient has proved who they are; each change is told by an event of that name

/** `handlers`: history, message, typing, session({id, warn, expires}), ended, up, down. */
export function connect(handlers) {
  on = handlers;
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => document.hidden || wake());
}

/** Loads or begins the conversation, then listens. */
export async function start() {
  stop();
  running = true;
  last = 0;
  const mine = round;
  try {
    if (!(await ended || await tellEnd())) throw new Error();
    const { messages, session } = await call("GET", "/messages?after=0");
    if (mine !== round) return;
    messages.forEach(note);
    on.up();
    tellSession(session);
    on.history(messages);
    listen();
  } catch {
    if (mine !== round) return;
    failures += 1;
    on.down();
    retry = setTimeout(start, wait());
  }
}

export function stop() {
  round += 1;
  running = false;
  source?.close();
  clearTimeout(retry);
  clearTimeout(watch);
  stopPolling();
  setProof(null);
}

export async function send(payload) {
  const answer = await call("POST", "/messages", payload);
  clearTimeout(watch);
  const before = replies;
  watch = setTimeout(() => replies === before && sync(true), REPLY_MS);
  return answer;
}

export const extend = async () => tellSession(await call("POST", "/extend", {}));

export function end() {
  stop();
  tellEnd();
}

function tellEnd() {
  ended = call("POST", "/end", {}).then(() => true, () => false);
  return ended;
}

/** Asks for what is new. False: out of reach. */
export async function sync(streamIsSuspect) {
  const mine = round;
  try {
    const { messages, session } = await call("GET", `/messages?after=${last}`);
    if (mine !== round) return true;
    if (streamIsSuspect && messages.length) startPolling();
    tellSession(session);
    messages.forEach(receive);
    on.up();
    return true;
  } catch (error) {
    const expired = error.code === "expired";
    if (mine === round) (expired ? over : on.down)();
    return expired;
  }
}

function wake() {
  if (!running) return;
  if (!last) {
    start();
    return;
  }
  sync();
  listen();
}

export async function call(method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: HEADERS,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout?.(ANSWER_MS),
    cache: "no-store",
    keepalive: true, // an end is told even as the page goes
  });
  const clock = Date.parse(response.headers.get("Date"));
  if (clock) skew = clock - Date.now();
  if (response.ok) return response.status === 204 || response.json();
  const { error } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(), error, { status: response.status });
}

function listen() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(`${base}/events?after=${last}`);
  const handle = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  handle("message", receive);
  handle("typing", (typing) => on.typing(typing.on));
  handle("session", (session) => (session.ended ? over() : tellSession(session)));
  source.onopen = () => {
    failures = 0;
    stopPolling();
    on.up();
  };
  source.onerror = streamFailed;
}

/* Has the session ended, or is the server down? Ask. */
function streamFailed() {
  source.close();
  failures += 1;
  if (failures >= FAILURES_BEFORE_POLLING) startPolling();
  retry = setTimeout(listen, wait());
  sync();
}

/* Spread out: after a restart all chats come back. */
const wait = () => Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures) * (0.75 + Math.random() / 2);

function startPolling() {
  poll ||= setInterval(sync, POLL_MS);
}

function stopPolling() {
  clearInterval(poll);
  poll = 0;
}

function note({ seq }) {
  last = Math.max(last, seq);
}

function receive(message) {
  note(message);
  if (message.author !== "patient") replies += 1;
  on.message(message);
}

function setProof(since) {
  if (since === proof) return;
  proof = since;
  dispatchEvent(new Event("proof"));
}

/* Before the messages that come with it: a card is shown on the strength of a proof. */
function tellSession({ warn_at, expires_at, proved_at }) {
  setProof(proved_at);
  on.session({ id: expires_at, warn: Date.parse(warn_at) - skew, expires: Date.parse(expires_at) - skew });
}

function over() {
  stop();
  on.ended();
}
