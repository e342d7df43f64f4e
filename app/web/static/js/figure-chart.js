// <figure-chart src="/trade/results/chart" library="/static/vendor/echarts.js" others="…"> within <details>: draws what `src` says of
// the page's own address. The library is large, so nothing of it is asked for before somebody opens the chart.
"use strict";

const COLOURS = ["#0f4c5c", "#d08c2e", "#8aa4ad"];

class FigureChart extends HTMLElement {
  connectedCallback() {
    this.details = this.closest("details");
    this.draw = () => { if (this.details.open) this.show(); };
    this.fit = () => this.chart?.resize();
    this.details.addEventListener("toggle", this.draw);
    document.body.addEventListener("htmx:pushedIntoHistory", this.draw);
    window.addEventListener("resize", this.fit);
    this.draw();
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:pushedIntoHistory", this.draw);
    window.removeEventListener("resize", this.fit);
    this.chart?.dispose();
  }

  async show() {
    const [answer] = await Promise.all([
      fetch(this.getAttribute("src") + location.search, { headers: { Accept: "application/json" } }),
      window.echarts || import(this.getAttribute("library")),
    ]);
    if (!answer.ok) return;
    const said = await answer.json();
    this.style.height = `${said.is_period ? 280 : 90 + said.labels.length * 26}px`;
    this.chart ||= window.echarts.init(this, null, { renderer: "canvas" });
    this.chart.resize();
    this.chart.setOption(this.option(said), true);
    this.toggleAttribute("data-drawn", true);
  }

  option({ labels, series, is_period }) {
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const names = { type: "category", data: labels, inverse: !is_period, axisLabel: is_period ? { hideOverlap: true } : { width: 150, overflow: "truncate" } };
    const amounts = { type: "value", axisLabel: { formatter: (value) => number.format(value), hideOverlap: true } };
    return {
      animation: false, color: COLOURS, legend: { top: 0 },
      textStyle: { fontFamily: getComputedStyle(this).fontFamily },
      // As rich text: the policy of our pages lets no script write styles into HTML.
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value) => (value === null ? "–" : number.format(value)) },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      xAxis: is_period ? names : amounts, yAxis: is_period ? amounts : names,
      series: series.map(({ name, values }) => ({ name, type: "bar", data: values.map((value) => (value === null ? null : Number(value))) })),
    };
  }
}

customElements.define("figure-chart", FigureChart);
