// What a browser keeps for the program between pages, in its own database: acts that wait to be sent (act-queue.js), and what a
// page needs while there is no network. Every method gives a promise; one that fails says that this browser keeps nothing.
"use strict";

class BrowserStore {
  static ready = null;

  static open() {
    BrowserStore.ready ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("kontor", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("acts", { keyPath: "seq", autoIncrement: true });
        asked.result.createObjectStore("kept");
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => { BrowserStore.ready = null; reject(asked.error); };
    });
    return BrowserStore.ready;
  }

  // One step on one store; what is written is on the disk when it is done.
  static async run(name, mode, step) {
    const database = await BrowserStore.open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const asked = step(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  static get(key) { return BrowserStore.run("kept", "readonly", (store) => store.get(key)); }
  static put(key, value) { return BrowserStore.run("kept", "readwrite", (store) => store.put(value, key)); }
  static acts() { return BrowserStore.run("acts", "readonly", (store) => store.getAll()); }
  static saveAct(entry) { return BrowserStore.run("acts", "readwrite", (store) => store.put(entry)); }
  static removeAct(seq) { return BrowserStore.run("acts", "readwrite", (store) => store.delete(seq)); }
}
window.KontorStore = BrowserStore;
