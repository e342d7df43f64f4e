// A record that is missed is made in another tab, and chosen in the offers as soon as that tab says so (record-made.js).
"use strict";

const waiting = new WeakMap(); // offers → the channel on which they wait; who begins again waits for the newest

export function create(offers, address) {
  const token = String(Math.random());
  window.open(`${address}?${new URLSearchParams({ made: token, name: offers.input.value.trim() })}`);
  waiting.get(offers)?.close();
  const channel = new BroadcastChannel("kontor-made");
  waiting.set(offers, channel);
  channel.onmessage = ({ data }) => {
    if (data.token !== token) return;
    channel.close();
    takeUp(offers, data);
  };
}

async function takeUp(offers, { id, title, text }) {
  if (!offers.input.isConnected) return;
  const { rows } = await window.KontorOffers.find(offers.source, text);
  offers.input.focus();
  offers.close();
  offers.choose(rows.find((row) => row.id === id) || { id, title });
}
