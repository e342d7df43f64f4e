// <create-link for="id of a field">: around the link to a form that makes what the field names. The form opens as a dialog on
// this page, and what it makes is chosen in the field; with a key of the browser's own the link opens a tab as ever.
"use strict";

class CreateLink extends HTMLElement {
  connectedCallback() {
    this.onclick ??= (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const link = this.querySelector("a");
      import("./lines/creating.js").then(({ make }) => make(link, link.href, ({ id }) => this.choose(id)));
    };
  }

  // Whatever follows from the field is asked for again, and names what is chosen now.
  choose(id) {
    const field = document.getElementById(this.getAttribute("for"));
    if (field.matches("select")) field.add(new Option("", id));
    field.value = id;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("create-link", CreateLink);
