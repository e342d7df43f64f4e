// <record-made data-token="…">: says to the tab that misses the record that it is made, and closes this one.
"use strict";

class RecordMade extends HTMLElement {
  connectedCallback() {
    const { token, id, title, text } = this.dataset;
    const channel = new BroadcastChannel("kontor-made");
    channel.postMessage({ token, id: Number(id), title, text });
    channel.close();
    window.close();
  }
}
customElements.define("record-made", RecordMade);
