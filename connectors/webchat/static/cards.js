/* What a message refers to and does not hold: the way to the secure page, a card of the record. Comes with the first. */

import { call, proof } from "./connection.js";
import { announce, byId, make, makeButton, scroll, word } from "./transcript.js";

const { base } = document.body.dataset;
const shown = new Map(); // the newest card of each name

document.head.append(make("link", { rel: "stylesheet", href: `${base}/static/cards.css` }));

/** Adds what the message's attachment refers to. */
export function add(bubble, { label, secure, card }) {
  bubble.append(secure ? door(label, { link: secure }) : show(label, card));
  bubble.classList.add("wide");
  scroll();
}

const reason = ({ status, message }) => (status ? message : word("no_connection"));

/* A real form: it opens from a frame on any site. A browser that took the answer for too late opens at the next press. */
function door(label, wanted) {
  const field = make("input", { type: "hidden", name: "handover" });
  const said = make("p", { className: "said" });
  const form = make("form", { method: "post", target: "_blank", rel: "noopener", className: "door" }, field,
    make("button", { className: "outline" }, label, " ", make("small", {}, word("new_tab"))), said);
  const tell = (text) => {
    said.textContent = text;
    announce(text);
    scroll();
  };
  let asking = false;

  async function ask() {
    if (asking) return;
    asking = true;
    said.textContent = "";
    try {
      const { action, handover } = await call("POST", "/secure", wanted);
      form.action = action;
      field.value = handover;
      if (navigator.userActivation?.isActive === false) tell(word("press_again"));
      else open();
    } catch (error) {
      tell(reason(error));
    }
    asking = false;
  }

  /* What a message links to can be opened again; a card's page takes a new link each time. */
  function open() {
    form.submit();
    if (wanted.card) field.value = "";
    said.textContent = "";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value) open();
    else ask();
  });
  return form;
}

function show(label, name) {
  const box = make("div", { className: "record" }, word("card_loading"));
  drop(name, "card_below");
  shown.set(name, box);
  setTimeout(load, 0, box, label, name);
  return box;
}

async function load(box, label, name) {
  const isGone = () => shown.get(name) !== box;
  if (isGone()) return;
  if (!proof) {
    drop(name);
    return;
  }
  try {
    const { patient, groups, more } = await call("GET", `/cards/${name}`);
    if (isGone()) return;
    box.replaceChildren(make("h3", {}, label), make("p", { className: "when" }, patient), ...groups.map(draw));
    if (!groups.length) box.append(make("p", {}, word("card_empty")));
    box.append(door(word(name === "repeats" ? "order_page" : more ? "see_all" : "see_page"), { card: name }));
    announce(word("card_shown", { label }));
  } catch (error) {
    if (isGone()) return;
    if (error.status === 401 || error.status === 404) drop(name);
    else box.replaceChildren(make("p", {}, reason(error)), makeButton(word("try_again"), () => load(box, label, name), "link"));
  }
  scroll();
}

function draw({ heading, items }) {
  const list = make("ul", { role: "list" }, ...items.map((item) => drawItem(item, heading ? "h5" : "h4")));
  return make("div", {}, heading && make("h4", {}, heading), list);
}

function drawItem({ title, date, facts, values }, level) {
  const list = make("dl", {}, ...facts.map(({ name, text }) =>
    make("div", {}, make("dt", {}, word(`fact_${name}`)), make("dd", {}, text))));
  return make("li", {}, make(level, {}, title), date && make("p", { className: "when" }, date),
    facts.length ? list : "", values.length ? drawValues(title, values) : "");
}

function drawValues(title, values) {
  const header = (scope, text) => make("th", { scope }, text);
  return make("table", {}, make("caption", { className: "vh" }, title),
    make("thead", {}, make("tr", {}, ...["name", "value", "range"].map((each) => header("col", word(`value_${each}`))))),
    make("tbody", {}, ...values.map(({ name, value, range }) =>
      make("tr", {}, header("row", name), make("td", {}, value), make("td", {}, range || word("no_range"))))));
}

function drop(name, why = "card_gone") {
  const box = shown.get(name);
  if (!box) return;
  shown.delete(name);
  const hadFocus = box.contains(document.activeElement);
  box.replaceChildren(make("p", {}, word(why)));
  if (hadFocus) byId("text").focus();
  scroll();
}

/* Logged out, too old, another person: what was opened by a proof goes with it. */
function dropAll() {
  if (shown.size) announce(word("card_gone"));
  for (const name of shown.keys()) drop(name);
}

addEventListener("proof", dropAll);
addEventListener("pagehide", dropAll);
