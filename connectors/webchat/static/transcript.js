/* The messages on the screen: in order, each once, as text nodes; nothing parses HTML. */

export const byId = (id) => document.getElementById(id);
const { base, phone, phoneHref } = document.body.dataset;
const NEAR_END_PX = 60;
const SPOKEN_MS = 1500; // sooner gone, some screen readers miss it

const log = byId("log");
const list = byId("messages");
const newest = byId("newest");
const rows = new Map(); // by seq
const own = new Map(); // by id
let follow = true;
let lastTop = 0;

const table = {};
for (const { id, textContent } of byId("words").content.children) table[id] = textContent;

export const word = (key, values = {}) => table[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const authorName = ({ name, author }) => name || word(author);

export function make(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const key in props) {
    if (key in node) node[key] = props[key];
    else node.setAttribute(key, props[key]);
  }
  node.append(...children);
  return node;
}

export function makeButton(label, act, className = "") {
  const button = make("button", { type: "button", className }, label);
  button.addEventListener("click", act);
  return button;
}

export function announce(text, region = "polite") {
  const said = make("p", {}, text);
  byId(region).append(said);
  setTimeout(() => said.remove(), SPOKEN_MS);
}

const hidden = (text) => make("span", { className: "vh" }, text);

const clock = new Intl.DateTimeFormat("en-GB",
  { timeZone: "Europe/London", hour: "numeric", minute: "2-digit", hourCycle: "h12" });

/** The NHS way: 5:30pm, 5pm, midday. */
export function clockTime(date) {
  const short = clock.format(date).replace(/\s|:00/g, "").toLowerCase();
  return { "12pm": word("midday"), "12am": word("midnight") }[short] || short;
}

const digits = (text) => text.replace(/\D/g, "");
const CALLABLE = { 999: "tel:999", 111: "tel:111", [digits(phone)]: phoneHref };
/* Alone, not in a longer number: an NHS number can begin with 999. */
const LINKABLE = new RegExp("(https?://[^\\s<>\"']*[^\\s<>\"'.,;:!?)])|" +
  `(^|[^\\w£#/.,:\\s-]|[^\\d\\s]\\s+)(999|111|${[...digits(phone)].join(" ?")})(?![\\w%£/]| ?\\d|[.,:-]\\d)`, "g");

function ownLink(href, label) {
  const link = make("a", { href }, label);
  if (link.origin !== location.origin || link.protocol !== location.protocol) return null;
  if (link.pathname.startsWith(`${base}/calendar/`)) {
    link.download = "";
    link.className = "file";
  } else {
    link.target = "_blank";
    link.append(" ", make("small", {}, word("new_tab")));
  }
  return link;
}

function linkify(text) {
  const nodes = [];
  let from = 0;
  for (const { 1: address, 2: before = "", 3: number, index } of text.matchAll(LINKABLE)) {
    const link = number ? make("a", { href: CALLABLE[digits(number)], dir: "ltr" }, number) : ownLink(address, address);
    if (!link) continue;
    nodes.push(text.slice(from, index + before.length), link);
    from = index + before.length + link.firstChild.length;
  }
  return [...nodes, text.slice(from)];
}

const paragraph = (line) => make("p", { className: /^\d\. /.test(line) ? "option" : "" }, ...linkify(line));

/** Shows messages; returns those that are new. */
export function add(...messages) {
  const fresh = messages.filter((message) => {
    const mine = own.get(message.id);
    if (mine) settle(mine, message.seq);
    if (rows.has(message.seq)) return false;
    place(build(message), message.seq);
    return true;
  });
  arrange();
  return fresh;
}

/** Shows a message that the server does not have yet. */
export function addOwn(message) {
  message.row = build({ author: "patient", text: message.text, at: new Date().toISOString() });
  own.set(message.id, message);
  list.append(message.row);
  follow = true;
  arrange();
}

export const sending = (message) => setState(message, word("sending"));

export function settle(message, seq) {
  if (message.seq) return;
  message.seq = seq;
  setState(message, word("sent"));
  place(message.row, seq);
  arrange();
}

export function fail(message, why, label, act) {
  setState(message, `${word("not_sent")}. ${why}`, makeButton(label, act, "link"));
  message.row.classList.add("failed");
}

export function remove(message) {
  message.row.remove();
  own.delete(message.id);
  arrange();
}

export const unsent = () => [...own.values()].filter(({ seq }) => !seq).map(({ text }) => text);

export function clear() {
  list.replaceChildren();
  rows.clear();
  own.clear();
  follow = true;
  scroll();
}

/* On a short screen the whole page scrolls. */
const view = () => (getComputedStyle(log).overflowY === "visible" ? document.scrollingElement : log);

function toEnd() {
  const { scrollHeight, clientHeight, scrollTop } = view();
  return scrollHeight - clientHeight - scrollTop;
}

/** Shows what came after the patient's last message; never moves back. */
export function scroll() {
  const top = view() === log ? log.getBoundingClientRect().top : document.querySelector(".help").offsetHeight;
  const below = (row) => (row ? row.getBoundingClientRect().top - top - 12 : -99);
  const mine = below([...list.querySelectorAll(".patient")].pop());
  if (follow) view().scrollBy(0, Math.max(0, Math.min(toEnd(), mine > -20 ? mine : below(list.lastChild))));
  scrolled();
}

/* Who scrolls back is reading: stay there. */
function scrolled() {
  const { scrollTop } = view();
  const atEnd = toEnd() < NEAR_END_PX;
  follow = atEnd || (follow && scrollTop >= lastTop);
  lastTop = scrollTop;
  newest.hidden = atEnd;
}

export const toNewest = () => view().scrollBy(0, toEnd());

newest.addEventListener("click", () => {
  toNewest();
  log.focus({ preventScroll: true });
});
addEventListener("resize", scroll);
addEventListener("scroll", scrolled, { capture: true, passive: true });

function build(message) {
  const { author, at } = message;
  const name = authorName(message);
  const isNamed = author !== "patient" && author !== "system";
  const who = make("p", { className: "who" }, hidden(isNamed ? word("said", { name }) : name));
  if (isNamed) who.prepend(make("span", { "aria-hidden": "true" }, name));
  const text = make("div", { className: "text", dir: "auto", ...(message.lang && { lang: message.lang }) },
    ...(author === "patient" ? [message.text] : message.text.split("\n").map(paragraph)));
  const bubble = make("div", { className: "bubble" }, who, text);
  const meta = make("p", { className: "meta" },
    make("time", { dateTime: at }, clockTime(new Date(at))),
    make("span", { className: "state" }, author === "patient" ? word("sent") : ""));
  const row = make("li", { className: `row ${author}` }, bubble, meta);
  if (message.urgent) {
    row.classList.add("urgent");
    text.before(make("p", { className: "flag" }, word("emergency")));
  }
  const { href, label, secure, card } = message.attachment || {};
  const link = href && ownLink(href, label);
  if (link) {
    link.classList.add("card");
    bubble.append(link);
  }
  if (secure || card) {
    import("./cards.js").then(({ add: fill }) => fill(bubble, message.attachment), () => bubble.append(word("no_connection")));
  }
  if (message.quick_replies?.length) row.append(replies(message.quick_replies));
  return row;
}

function replies(choices) {
  const group = make("div", { className: "replies", role: "group", "aria-label": word("replies") });
  for (const choice of choices) {
    const button = makeButton(choice.label, () => {
      if (button.hasAttribute("aria-disabled")) return;
      button.dispatchEvent(new CustomEvent("choose", { bubbles: true, detail: choice }));
    }, "outline");
    group.append(button);
  }
  return group;
}

function setState({ row }, ...content) {
  row.classList.remove("failed");
  row.querySelector(".state").replaceChildren(...content);
  scroll();
}

/* In the server's order; what it has not numbered yet stays last. */
function place(row, seq) {
  rows.set(seq, row);
  row.dataset.seq = seq;
  const later = [...list.children].find((other) => other !== row && !(other.dataset.seq < seq));
  if (later || !row.isConnected) list.insertBefore(row, later || null);
}

function arrange() {
  let author, group;
  for (const row of list.children) {
    const { textContent } = row.querySelector(".who");
    row.classList.toggle("same", textContent === author);
    author = textContent;
    if (row.matches(".patient") || row.querySelector(".replies")) group = retire(group, row);
  }
  scroll();
}

/* Only the newest question has live buttons. */
function retire(group, answer) {
  if (group && !group.matches(".done")) {
    group.classList.add("done");
    const text = answer.matches(".patient") && answer.querySelector(".text").textContent;
    for (const button of group.children) {
      button.setAttribute("aria-disabled", "true");
      button.tabIndex = -1;
      if (button.textContent === text) {
        button.classList.add("chosen");
        button.prepend(hidden(word("chosen")));
      }
    }
  }
  return answer.querySelector(".replies");
}
