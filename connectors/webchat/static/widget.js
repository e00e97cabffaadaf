/* A button that opens the chat in a frame. Options on its script tag: data-side="start", data-label, data-unread. */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.querySelector("surgery-chat")) return;

  const { origin } = new URL(script.src);
  const page = `${origin}/chat`;
  const { label = "Chat to the surgery", unread = "New messages: {n}", side = "end" } = script.dataset;
  const FULL_SCREEN = matchMedia("(max-width: 480px), (max-height: 480px)");

  const CSS = `
    :host { all: initial !important; }
    [hidden] { display: none !important; }
    .launch, iframe {
      position: fixed; z-index: 2147483000; inset-inline-${side === "start" ? "start" : "end"}: 20px;
      inset-block-end: calc(20px + env(safe-area-inset-bottom, 0px)); box-sizing: border-box;
    }
    .launch {
      display: flex; align-items: center; gap: 10px; min-height: 52px; padding: 10px 18px;
      border: 2px solid #fff; border-radius: 28px; background: #005eb8; color: #fff; cursor: pointer;
      font: bold max(17px, 1rem)/1.3 Arial, sans-serif; box-shadow: 0 4px 20px rgb(33 43 50 / .35);
    }
    .launch:hover { background: #003087; }
    .launch:focus-visible { outline: 3px solid #212b32; border-color: #ffeb3b; background: #ffeb3b; color: #212b32; }
    svg { width: 26px; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
    [aria-expanded=true] path:first-child, [aria-expanded=false] path:last-child { display: none; }
    .badge {
      position: absolute; inset-block-start: -9px; inset-inline-end: -3px; box-sizing: border-box; min-width: 26px;
      padding: 2px 6px; border: 2px solid #fff; border-radius: 14px; background: #c41f13; color: #fff; font-size: 15px;
    }
    .vh { position: absolute; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    iframe {
      margin-block-end: 68px; width: min(416px, 100vw - 40px); height: min(704px, 100vh - 108px);
      border: 1px solid #768692; border-radius: 12px; box-shadow: 0 4px 48px rgb(33 43 50 / .35); color-scheme: light dark;
    }
    @media (max-width: 480px), (max-height: 480px) {
      iframe { inset: 0; margin: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
      .launch[aria-expanded=true] { visibility: hidden; }
    }
    @media (max-height: 340px) { .label { position: absolute; overflow: hidden; clip-path: inset(50%); } }
    @media print { * { display: none; } }`;

  const make = (tag, attributes, ...children) => {
    const node = document.createElementNS(`http://www.w3.org/${/svg|path/.test(tag) ? "2000/svg" : "1999/xhtml"}`, tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  };

  let sheet;
  try {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  } catch {
    // An old browser still gets a way in.
    const link = make("a", { href: page }, label);
    link.style.cssText = "position:fixed;bottom:16px;right:16px;padding:12px;background:#005eb8;color:#fff";
    document.body.append(link);
    return;
  }

  const icon = make("svg", { viewBox: "0 0 24 24", "aria-hidden": true },
    make("path", { d: "M4 4h16q2 0 2 2v9q0 2-2 2h-8.5l-5 4v-4H4q-2 0-2-2V6q0-2 2-2ZM7.5 9h9M7.5 12.7h6" }),
    make("path", { d: "m5 9 7 7 7-7" }));
  const badge = make("span", { class: "badge", hidden: "" });
  const launcher = make("button", { type: "button", class: "launch", "aria-expanded": false },
    icon, make("span", { class: "label" }, label), badge);
  const live = make("div", { class: "vh", role: "status" });
  const host = make("surgery-chat");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(make("section", { "aria-label": label }, launcher, live));
  document.body.append(host);

  let frame;
  let ready = false;
  let behind = [];
  const isOpen = () => launcher.getAttribute("aria-expanded") === "true";
  const tell = (type) => ready && frame.contentWindow.postMessage({ type }, origin);

  function createFrame() {
    // The fragment names the origin that may speak to the chat.
    const src = `${page}#host=${encodeURIComponent(location.origin)}`;
    frame = make("iframe", { title: label, allow: "", src });
    frame.addEventListener("load", () => {
      ready = true;
      if (isOpen()) tell("open");
    });
    live.before(frame);
  }

  /* In full screen nobody can wander behind the frame. */
  function coverPage() {
    const { body, documentElement } = document;
    const cover = isOpen() && FULL_SCREEN.matches;
    if (cover || behind.length) documentElement.style.overflow = cover ? "hidden" : "";
    for (const node of behind) node.inert = false;
    behind = cover ? [...body.children].filter((node) => node !== host && !node.inert) : [];
    for (const node of behind) node.inert = true;
    fitKeyboard();
  }

  /* Some phones lay their keyboard over the page. */
  function fitKeyboard() {
    const view = window.visualViewport;
    if (!frame || !view) return;
    const fit = isOpen() && FULL_SCREEN.matches && view.scale < 1.02;
    const { style } = frame;
    style.height = fit ? `${view.height}px` : "";
    style.top = fit ? `${view.offsetTop}px` : "";
  }

  function showUnread(n) {
    badge.hidden = !n;
    badge.textContent = n;
    live.textContent = n ? unread.replace("{n}", n) : "";
    launcher.setAttribute("aria-label", n ? `${label}. ${live.textContent}` : label);
  }

  function setOpen(open) {
    if (!frame && open) createFrame();
    launcher.setAttribute("aria-expanded", open);
    frame.hidden = !open;
    coverPage();
    showUnread(0);
    (open ? frame : launcher).focus();
    tell(open ? "open" : "shut");
  }

  function leave() {
    document.documentElement.style.visibility = "hidden";
    document.title = "";
    location.replace("https://www.bbc.co.uk/weather");
  }

  launcher.addEventListener("click", () => setOpen(!isOpen()));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) setOpen(false);
  });
  FULL_SCREEN.addEventListener("change", coverPage);
  for (const change of ["resize", "scroll"]) window.visualViewport?.addEventListener(change, fitKeyboard);
  addEventListener("message", ({ origin: from, source, data }) => {
    if (!frame || from !== origin || source !== frame.contentWindow || !data) return;
    if (data.type === "close" && isOpen()) setOpen(false);
    if (data.type === "exit") leave();
    if (data.type === "unread") showUnread(Number(data.n) || 0);
  });
})();
