/* The chat page. */

import * as line from "./connection.js";
import * as transcript from "./transcript.js";
import { announce, byId, makeButton, word } from "./transcript.js";

const { base, maxLength, phone } = document.body.dataset;
const box = byId("text");
const notice = byId("notice");
const status = byId("status");
const { title } = document;
const SLOW_MS = 1500; // shorter is not worth telling
const REFUSED_MS = 5000;
const TYPING_AT_MOST_MS = 30000;
const timers = {};

/* One timer of each name. */
function after(ms, name, act) {
  clearTimeout(timers[name]);
  if (act) timers[name] = setTimeout(act, ms);
}

// Messages from the server

let shut = false;
let unread = 0;

function setUnread(n) {
  unread = n;
  document.title = n ? `(${n}) ${title}` : title;
  tell({ type: "unread", n });
}

function speech(message) {
  const said = [message.text, message.attachment?.label];
  if (message.author !== "system") said.unshift(word("said", { name: transcript.authorName(message) }));
  const list = message.quick_replies?.map(({ label }) => label).join(", ");
  if (list) said.push(word("replies_heard", { list }));
  return said.filter(Boolean).join(" ");
}

function showTyping(on) {
  after(0, "typing");
  after(0, "typed");
  if (byId("typing").hidden === !on) return;
  byId("typing").hidden = !on;
  transcript.scroll();
  if (!on) return;
  after(SLOW_MS, "typing", () => announce(word("typing")));
  after(TYPING_AT_MOST_MS, "typed", () => showTyping(false));
}

function nameOther(message) {
  const name = transcript.authorName(message);
  if (/staff|assistant/.test(message.author)) byId("with").textContent = word(`with_${message.author}`, { name });
}

function receive(message) {
  if (message.author !== "patient") showTyping(false);
  if (!transcript.add(message).length || message.author === "patient") return;
  nameOther(message);
  announce(speech(message), message.urgent ? "urgent" : "polite");
  if (shut || document.hidden) setUnread(unread + 1);
}

function showHistory(messages) {
  transcript.add(...messages);
  messages.forEach(nameOther);
  if (messages.length > 1) transcript.toNewest();
  else messages.forEach((message) => announce(speech(message)));
}

// Sending, one at a time so that order is kept

let queue = Promise.resolve();
let over = false;

/* A UUID, no secret. crypto.randomUUID exists on https only. */
const newId = () => "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));

function submit(text, reply) {
  const message = { id: newId(), text, reply };
  transcript.addOwn(message);
  send(message);
}

function send(message) {
  transcript.sending(message);
  queue = queue.then(() => attempt(message));
}

async function attempt(message) {
  const { id, text, reply, seq } = message;
  if (seq || over) return;
  try {
    transcript.settle(message, (await line.send(reply ? { id, reply } : { id, text })).seq);
    announce(word("sent_heard"));
  } catch (error) {
    // With a number, only the answer was lost.
    if (!message.seq) failed(message, error);
  }
}

function failed(message, { code, status: http, message: reason }) {
  const why = (http && reason) || word("no_connection");
  const [label, act] = http === 400 || http === 413
    ? ["change", () => { transcript.remove(message); putBack(message.text); }]
    : ["try_again", () => { box.focus(); send(message); }];
  transcript.fail(message, why, word(label), act);
  announce(word("not_sent_heard", { why }), "urgent");
  if (code === "expired") finish(code);
}

byId("log").addEventListener("choose", ({ detail }) => {
  box.focus();
  if (!over) submit(detail.label, detail.id);
});

// The message box

const charactersLeft = () => maxLength - [...box.value.trim()].length;

function putBack(text) {
  box.value = [text, box.value].filter(Boolean).join("\n");
  box.focus();
  typed();
}

function say(text, isError) {
  byId("count").textContent = text;
  byId("count").className = isError ? "error" : "";
  byId("keys").hidden = Boolean(text);
  box.setAttribute("aria-invalid", Boolean(isError));
  after(1000, "count", text && (() => announce(text)));
}

function typed() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  const left = charactersLeft();
  if (left < 0) say(word("over", { n: -left }), true);
  else say(left > maxLength / 10 ? "" : word("left", { n: left }));
  transcript.scroll();
}

function compose(event) {
  event.preventDefault();
  const text = box.value.trim();
  box.focus();
  if (over) return;
  if (!text) say(word("empty"), true);
  else if (charactersLeft() < 0) announce(byId("count").textContent, "urgent");
  else {
    box.value = "";
    typed();
    submit(text);
  }
}

box.addEventListener("input", typed);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) compose(event);
});
byId("composer").addEventListener("submit", compose);

function showNotice(kind, text, ...buttons) {
  notice.dataset.kind = kind;
  byId("notice-text").textContent = text;
  byId("notice-buttons").replaceChildren(...buttons.map(([label, act]) => makeButton(word(label), act, "outline")));
  notice.hidden = false;
  transcript.scroll();
}

function backToBox() {
  notice.hidden = true;
  box.focus();
  transcript.scroll();
}

byId("end").addEventListener("click", () => {
  showNotice("ask_end", word("ask_end"), ["end", endByPatient], ["keep", backToBox]);
  notice.focus();
});

function endByPatient() {
  line.end();
  finish("ended_by_you");
  notice.focus();
}

// The session: a warning, then an end that leaves nothing on a shared screen

let session = null;

function onSession(times) {
  if (session?.id === times.id) return;
  session = times;
  if (notice.dataset.kind === "warn") notice.hidden = true;
  armSession();
}

function armSession() {
  if (over || !session) return;
  if (notice.hidden || notice.dataset.kind !== "warn") after(Math.max(0, session.warn - Date.now()), "warn", warn);
  after(Math.max(0, session.expires - Date.now()) + SLOW_MS, "expire", expire);
}

function warn() {
  const text = word("warn", { time: transcript.clockTime(new Date(session.expires)) });
  showNotice("warn", text, ["stay", stay]);
  announce(`${text} ${word("stay")}`);
}

async function stay() {
  backToBox();
  try {
    await line.extend();
    announce(word("stayed"));
  } catch ({ code }) {
    if (code === "expired") finish(code);
    else showNotice("warn", word("cannot_stay"));
  }
}

/* The server says whether time is up. If it cannot: privacy first. */
async function expire() {
  const { id } = session;
  const answered = await line.sync();
  if (session?.id !== id) return;
  if (answered) after(5000, "expire", expire);
  else finish("expired");
}

function finish(kind) {
  if (over) return;
  setOver(true);
  line.stop();
  Object.values(timers).forEach(clearTimeout);
  const drafts = transcript.unsent();
  if (kind !== "ended") transcript.clear();
  showTyping(false);
  showStatus("");
  const button = kind === "blocked" ? ["own_tab", () => open(base, "_blank", "noopener")]
    : ["new_chat", () => beginAgain(drafts)];
  showNotice(kind, word(kind), button);
  announce(word(kind));
}

function setOver(isOver) {
  over = isOver;
  box.readOnly = over;
  byId("composer").classList.toggle("over", over);
}

function beginAgain(drafts) {
  setOver(false);
  session = null;
  transcript.clear();
  nameOther({ author: "assistant" });
  backToBox();
  if (drafts.length) putBack(drafts.join("\n"));
  begin();
}

let begun = 0;

function begin() {
  begun = Date.now();
  showStatus("loading");
  line.start();
}

/* Gone at once: in another site's page, a browser may refuse our cookie. */
function ended() {
  if (host && Date.now() - begun < REFUSED_MS) finish("blocked");
  else finish(Date.now() < session?.expires - 2000 ? "ended" : "expired");
}

let state = "";

/* What does not last is not worth telling. */
function showStatus(key) {
  if (key === state) return;
  if (state === "reconnecting" && !status.hidden) announce(word("reconnected"));
  state = key;
  status.hidden = true;
  after(SLOW_MS, "status", key && (() => {
    status.textContent = word(key, { phone });
    status.hidden = false;
    announce(status.textContent);
    transcript.scroll();
  }));
}

// The page around: widget.js names its origin in the fragment

const host = parent !== window && new URLSearchParams(location.hash.slice(1)).get("host");

function tell(message) {
  if (host) parent.postMessage(message, host);
}

addEventListener("message", ({ origin, source, data }) => {
  if (!host || source !== parent || origin !== host) return;
  if (data?.type === "shut") shut = true;
  if (data?.type === "open") {
    shut = false;
    setUnread(0);
    if (document.activeElement === document.body) box.focus();
    transcript.scroll();
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (!shut) setUnread(0);
  armSession();
});

byId("close").hidden = !host;
byId("close").addEventListener("click", () => tell({ type: "close" }));
addEventListener("keydown", ({ key, isComposing }) => {
  if (key === "Escape" && !isComposing) tell({ type: "close" });
});

function leave(event) {
  event.preventDefault();
  line.end();
  transcript.clear();
  document.documentElement.className = "left";
  document.title = "";
  tell({ type: "exit" });
  // The page around may not answer.
  setTimeout(() => top.location.replace(byId("leave").href), host ? 400 : 0);
}

byId("leave").addEventListener("click", leave);

let presses = 0;
let alone = false; // with another key, Shift is only a capital
addEventListener("keydown", ({ key }) => {
  alone = key === "Shift";
  if (!alone) presses = 0;
});
addEventListener("keyup", (event) => {
  if (event.key !== "Shift" || !alone) return;
  presses += 1;
  after(5000, "shift", () => { presses = 0; });
  if (presses > 2) leave(event);
  else announce(word(`leave_${3 - presses}`), "urgent");
});

byId("composer").hidden = false;
line.connect({
  history: showHistory,
  message: receive,
  typing: showTyping,
  session: onSession,
  ended,
  up: () => showStatus(""),
  down: () => showStatus("reconnecting"),
});
begin();
