// Help beside the page: a panel that leaves what is typed alone. Where the window is narrow, it covers the page.
"use strict";

{
  const NARROW = window.matchMedia("(max-width: 1000px)");
  const panel = document.getElementById("help");
  const body = document.getElementById("help-body");
  let before = null; // what had the focus

  const show = () => {
    const isSearching = panel.open && document.activeElement.closest(".help-search");
    if (!panel.open) {
      before = document.activeElement;
      if (NARROW.matches) panel.showModal(); else panel.show();
      document.body.classList.toggle("with-help", !NARROW.matches);
    }
    if (!isSearching) document.getElementById("help-title")?.focus({ preventScroll: true });
  };

  const say = (words) => {
    const title = document.createElement("h2");
    Object.assign(title, { id: "help-title", className: "help-title", tabIndex: -1, textContent: words });
    body.replaceChildren(title);
    show();
  };

  const wire = () => {
    body.addEventListener("htmx:afterSwap", (event) => {
      const anchor = event.detail.pathInfo?.anchor;
      body.scrollTop = 0;
      show();
      if (anchor) document.getElementById(anchor)?.scrollIntoView();
    });
    document.addEventListener("htmx:responseError", (event) => { if (event.detail.target === body) say(event.detail.xhr.status === 401 ? document.body.dataset.signedOut : panel.dataset.failed); });
    document.addEventListener("htmx:sendError", (event) => { if (event.detail.target === body) say(document.body.dataset.noAnswer); });
    panel.querySelector("[data-help-close]").addEventListener("click", () => panel.close());
    panel.addEventListener("close", () => {
      document.body.classList.remove("with-help");
      if (before?.isConnected) before.focus();
    });
    NARROW.addEventListener("change", () => {
      if (!panel.open) return;
      const first = before;
      panel.addEventListener("close", () => { show(); before = first; }, { once: true });
      panel.close();
    });
    // The page's hotkeys are not the panel's: Insert here would leave the document that one is writing.
    panel.addEventListener("keydown", (event) => { if (event.key !== "Escape") event.stopPropagation(); });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !panel.open || event.defaultPrevented) return;
      event.preventDefault();
      panel.close();
    });
  };

  if (panel) wire();
}
