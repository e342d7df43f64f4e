// <delivery-proof>: around a canvas, a hidden field and a file field. What is drawn on the canvas, by finger, pen or mouse, goes
// into the hidden field as PNG; a photo is made smaller before it is sent, and turned as the camera was held.
"use strict";

const LARGEST = 1600;

class DeliveryProof extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.field = this.querySelector("[name='signature']");
    this.canvas.onpointerdown = (event) => this.begin(event);
    this.canvas.onpointermove = (event) => this.go(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.end();
    this.querySelector("[data-clear]").onclick = () => this.clear();
    const photo = this.querySelector("[type='file']");
    photo.onchange = () => shrink(photo);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.canvas.width / box.width, (event.clientY - box.top) * this.canvas.height / box.height];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.pen = this.canvas.getContext("2d");
    Object.assign(this.pen, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
    this.pen.beginPath();
    this.pen.moveTo(...this.at(event));
    this.go(event);
  }

  go(event) {
    if (!this.pen) return;
    this.pen.lineTo(...this.at(event));
    this.pen.stroke();
  }

  end() {
    if (!this.pen) return;
    this.pen = null;
    this.field.value = this.canvas.toDataURL("image/png");
  }

  clear() {
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.field.value = "";
  }
}

async function shrink(field) {
  const file = field.files[0];
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    const list = new DataTransfer();
    list.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
    if (field.files[0] === file) field.files = list.files;
  } catch {
    // The server says what is wrong with it.
  }
}
customElements.define("delivery-proof", DeliveryProof);
