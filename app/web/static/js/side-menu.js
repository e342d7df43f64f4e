// The side menu: it comes up on a phone, its groups stay as somebody left them, and a star adds a page to the favourites.
"use strict";

const side = () => document.getElementById("side-menu");
const toggle = () => document.querySelector(".side-toggle");
// A filter that says nothing makes no other page; nor does what is searched for, which no favourite keeps.
const said = ({ pathname, search }) => [pathname, ...new URLSearchParams(search)].filter((part) => part[1] && part[0] !== "q").join("&");

// What the server keeps for this user; nothing of the page depends on its answer, except that of the star.
function arrange(address, fields) {
  const body = new FormData();
  body.set("csrf_token", document.querySelector('.menu form [name="csrf_token"]').value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return fetch(address, { method: "POST", body, keepalive: true });
}

function closeSide() {
  side().classList.remove("open");
  toggle().setAttribute("aria-expanded", "false");
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".side-toggle")) {
    const open = side().classList.toggle("open");
    toggle().setAttribute("aria-expanded", String(open));
    if (open) side().querySelector("nav a").focus();
    return;
  }
  if (side()?.classList.contains("open") && !event.target.closest("#side-menu")) closeSide();
  const summary = event.target.closest("#side-menu summary");
  if (summary) {
    const { group } = summary.parentElement.dataset; // it opens or closes after this
    arrange(side().dataset.groups, { name: group, open: summary.parentElement.open ? "" : "1" }).catch(() => {});
  }
  const star = event.target.closest("[data-star]");
  if (star) toggleFavourite(star);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side()?.classList.contains("open")) { closeSide(); toggle().focus(); }
});

// A filtered list is called by what it is filtered by too, if that was chosen: what was typed may be somebody's name.
function title() {
  const chosen = [...document.querySelectorAll(".filters select, .filters input[type=date]")]
    .map((field) => (field.selectedOptions ? field.value && field.selectedOptions[0].text : field.value).trim());
  const name = document.querySelector("main h1").textContent.trim();
  return [name, ...chosen.filter(Boolean)].join(" · ");
}

async function toggleFavourite(star) {
  const answer = await arrange(star.dataset.star, { address: location.pathname + location.search, title: title(), endpoint: side().dataset.endpoint }).catch(() => null);
  if (!answer?.ok) { window.alert(star.dataset.failed); return; }
  const { is_on: isOn, menu } = await answer.json();
  side().querySelector("nav").outerHTML = menu;
  show(star, isOn);
}

function show(star, isOn) {
  star.setAttribute("aria-pressed", String(isOn));
  star.title = isOn ? star.dataset.remove : star.dataset.add;
}

// Another filter makes it another page.
document.addEventListener("htmx:pushedIntoHistory", () => {
  const star = document.querySelector("[data-star]");
  if (star) show(star, [...document.querySelectorAll(".side-favourites a")].some((link) => said(link) === said(location)));
});
