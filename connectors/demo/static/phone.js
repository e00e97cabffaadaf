/* The pretend phone: one thread of text messages per number, asked for every second while the page is seen. */

(() => {
  "use strict";
  const POLL_MS = 1000;
  const byId = (id) => document.getElementById(id);
  const [who, thread, box, size, trouble] = ["who", "thread", "sms", "size", "trouble"].map(byId);
  const words = Object.fromEntries([...byId("words").content.children].map((node) => [node.id, node.textContent]));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const clock = new Intl.DateTimeFormat("en-GB",
    { timeZone: "Europe/London", hour: "numeric", minute: "2-digit", hourCycle: "h12" });

  // What the network counts: GSM 03.38 characters, or UTF-16 units for a text that has any other.
  const GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ" +
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const GSM_TWICE = "\f^{}\\[~]|€";

  function measure(text) {
    const all = [...text];
    if (all.every((c) => (GSM + GSM_TWICE).includes(c))) {
      const costs = all.map((c) => (GSM_TWICE.includes(c) ? 2 : 1));
      return { chars: sum(costs), parts: pack(costs, 160, 153) };
    }
    const costs = all.map((c) => c.length);
    return { chars: sum(costs), parts: pack(costs, 70, 67) };
  }

  const sum = (costs) => costs.reduce((total, cost) => total + cost, 0);

  /* A character that takes two places is not split over two texts. */
  function pack(costs, alone, joined) {
    if (sum(costs) <= alone) return 1;
    let parts = 1;
    let used = 0;
    for (const cost of costs) {
      if (used + cost > joined) {
        parts += 1;
        used = 0;
      }
      used += cost;
    }
    return parts;
  }

  function make(tag, className, ...children) {
    const node = document.createElement(tag);
    node.className = className;
    node.append(...children);
    return node;
  }

  /* Links of ours can be pressed; whatever else looks like one is text, as it came. */
  function linkify(text) {
    const ours = thread.dataset.links;
    return text.split(/(\S+)/).map((part) => {
      if (!part.startsWith(ours)) return part;
      const link = make("a", "", part, make("small", "vh", ` ${words.new_tab}`));
      Object.assign(link, { href: part, target: "_blank", rel: "noopener noreferrer" });
      return link;
    });
  }

  let last = 0;
  let number = "";
  let timer = 0;

  function show({ direction, text, at, status, segments }) {
    byId("none").hidden = true;
    const fromPatient = direction === "in";
    const time = make("time", "", clock.format(new Date(at)).replace(/\s/g, "").toLowerCase());
    time.dateTime = at;
    const notes = [!fromPatient && status, segments > 1 && fill(words.parts, { parts: segments })].filter(Boolean);
    thread.append(make("div", `text ${fromPatient ? "sent" : "got"}`,
      make("span", "vh", fromPatient ? words.you : words.surgery),
      make("p", "bubble", ...(fromPatient ? [text] : linkify(text))),
      make("p", "meta", time, ...notes.map((note) => ` · ${note}`))));
    thread.scrollTop = thread.scrollHeight;
  }

  async function poll() {
    clearTimeout(timer);
    const mine = number;
    try {
      const response = await fetch(`/demo/phone/messages?number=${encodeURIComponent(mine)}&after=${last}`, { cache: "no-store" });
      if (!response.ok) throw new Error(response.statusText);
      const { messages } = await response.json();
      if (mine !== number) return;
      messages.filter(({ seq }) => seq > last).forEach((message) => {
        last = message.seq;
        show(message);
      });
      thread.setAttribute("aria-live", "polite");
    } catch {
      // The next second asks again; sending is what tells a person of trouble.
    }
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, POLL_MS);
  }

  function hold() {
    number = who.value;
    last = 0;
    // A thread that is only being shown again is not news.
    thread.setAttribute("aria-live", "off");
    thread.replaceChildren(byId("none"));
    byId("none").hidden = false;
    poll();
  }

  function typed() {
    const { chars, parts } = measure(box.value);
    size.textContent = chars ? fill(parts > 1 ? size.dataset.many : size.dataset.one, { chars, parts }) : size.dataset.empty;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 4}px`;
  }

  function put(text) {
    box.value = text;
    typed();
    box.focus();
  }

  async function send(event) {
    event.preventDefault();
    const text = box.value;
    box.focus();
    if (!text.trim()) return;
    trouble.textContent = "";
    put("");
    try {
      const response = await fetch("/demo/phone/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Requested-With": "chat" },
        body: JSON.stringify({ from: number, text }),
      });
      if (!response.ok) {
        const { error } = await response.json().catch(() => ({}));
        throw Object.assign(new Error(), { reason: error?.message });
      }
      poll();
    } catch ({ reason }) {
      if (!box.value) put(text);
      trouble.textContent = reason || trouble.dataset.down;
    }
  }

  who.addEventListener("change", hold);
  box.addEventListener("input", typed);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  });
  byId("texting").addEventListener("submit", send);
  document.addEventListener("visibilitychange", () => document.hidden || poll());
  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => {
      byId("phone").scrollIntoView({ block: "nearest" });
      put(button.dataset.example);
    });
  }
  typed();
  hold();
})();
