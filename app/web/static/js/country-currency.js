// <country-currency data-currencies="{…}">: around the selects of a country and a currency. The currency follows the country
// until somebody chooses it themselves; one that is not the country's when the page opens was chosen so before.
"use strict";

class CountryCurrency extends HTMLElement {
  connectedCallback() {
    const [country, currency] = this.querySelectorAll("select");
    const currencies = JSON.parse(this.dataset.currencies);
    let isOwn = currency.value !== currencies[country.value];
    currency.onchange = () => { isOwn = true; };
    country.onchange = () => { if (!isOwn && currencies[country.value]) currency.value = currencies[country.value]; };
  }
}
customElements.define("country-currency", CountryCurrency);
