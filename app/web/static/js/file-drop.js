// <file-drop>: around a form with a field of files. Files that are dropped on it are sent at once.
"use strict";

class FileDrop extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form"), field = this.querySelector('input[type="file"]');
    const mark = (event, isOver) => { event.preventDefault(); form.classList.toggle("is-over", isOver); };
    this.addEventListener("dragover", (event) => mark(event, true));
    this.addEventListener("dragleave", (event) => mark(event, false));
    this.addEventListener("drop", (event) => {
      mark(event, false);
      if (!event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      form.requestSubmit();
    });
  }
}
customElements.define("file-drop", FileDrop);
