/* Draws charts from the tables they stand beside: one truth, and the table stays readable. */
(() => {
  "use strict";

  const FEW = 8; // so many names are all shown
  const ROOM = 64; // pixels that a name needs to stand upright, in several lines
  const NIGHT = [23, 29, 39];
  const BY_DAY = [[238, 243, 250], [29, 74, 143]]; // from nothing to the most
  const BY_NIGHT = [[33, 42, 56], [125, 181, 240]];
  let onPaper = false; // paper is white, whatever the screen is
  const css = (name, fallback) =>
    (!onPaper && getComputedStyle(document.documentElement).getPropertyValue(name).trim()) || fallback;

  // A stretch of days is called by its first one where there is little room.
  const short = (name) => (/^\d{4}-\d\d-\d\d – /.test(name) ? name.slice(0, 10) : name);

  const night = () => !onPaper && document.documentElement.dataset.bsTheme === "dark";
  function mixed(share) {
    const [faint, strong] = night() ? BY_NIGHT : BY_DAY;
    return faint.map((from, place) => Math.round(from + (strong[place] - from) * share));
  }
  const written = (colour) => `rgb(${colour.join(", ")})`;

  function light(colour) {
    const [red, green, blue] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  // Words on a colour: the darker or the lighter ink, whichever stands out more (WCAG's contrast).
  const ink = (colour) =>
    1.05 / (light(colour) + 0.05) > (light(colour) + 0.05) / (light(NIGHT) + 0.05) ? "#ffffff" : written(NIGHT);

  function read(table) {
    const heads = [...table.querySelectorAll("thead [data-column]")];
    const rows = [...table.querySelectorAll("tbody tr:not(.total)")];
    return {
      names: rows.map((row) => row.querySelector("th").textContent.trim()),
      columns: heads.map((head, place) => ({
        key: head.dataset.column,
        unit: head.dataset.unit,
        title: head.textContent.trim(),
        values: rows.map((row) => {
          const given = row.querySelectorAll("td")[place].dataset.value;
          return given === "" || given === undefined ? null : Number(given);
        }),
      })),
    };
  }

  function frame(names, width) {
    const room = (width - 80) / Math.max(1, names.length);
    const wraps = names.length <= FEW && room >= ROOM;
    const text = css("--tblr-body-color", "#333");
    const line = css("--tblr-border-color", "#ccc");
    return {
      animation: false,
      aria: { enabled: true, decal: { show: true } },
      textStyle: { color: text, fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { trigger: "axis", confine: true, axisPointer: { type: "shadow" } },
      legend: { top: 0, textStyle: { color: text } },
      grid: { left: 24, right: 24, top: 40, bottom: 8, containLabel: true },
      xAxis: {
        type: "category",
        data: names,
        axisLine: { lineStyle: { color: line } },
        axisLabel: {
          color: text,
          formatter: short,
          interval: names.length <= FEW ? 0 : "auto",
          ...(wraps ? { width: room - 8, overflow: "break" } : { rotate: room > ROOM / 2 ? 35 : 60 }),
        },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: { color: text },
        splitLine: { lineStyle: { color: line } },
      },
    };
  }

  // Spans are drawn in hours where the table says days as well; the axis says so.
  function counted(data, chosen) {
    const option = frame(data.names, data.width);
    const units = new Set(chosen.map((column) => column.unit));
    if (units.size === 1) Object.assign(option.yAxis, { name: [...units][0], nameTextStyle: { color: option.textStyle.color } });
    return option;
  }

  function bars(data, chosen, stack) {
    return {
      ...counted(data, chosen),
      series: chosen.map((column) => ({
        name: column.title, type: "bar", data: column.values, barMaxWidth: 48,
        stack: stack ? "whole" : undefined,
      })),
    };
  }

  function lines(data, chosen) {
    const symbols = ["circle", "rect", "triangle", "diamond"];
    const styles = ["solid", "dashed", "dotted"];
    return {
      ...counted(data, chosen),
      series: chosen.map((column, place) => ({
        name: column.title, type: "line", data: column.values,
        symbol: symbols[place % symbols.length], symbolSize: 7,
        lineStyle: { type: styles[place % styles.length] },
      })),
    };
  }

  function pareto(data, chosen) {
    const whole = chosen[0].values.reduce((sum, value) => sum + value, 0) || 1;
    let so_far = 0;
    const shares = chosen[0].values.map((value) => {
      so_far += value;
      return Math.round((1000 * so_far) / whole) / 10;
    });
    const option = bars(data, chosen.slice(0, 1), false);
    option.yAxis = [
      option.yAxis,
      { type: "value", max: 100, axisLabel: { color: option.textStyle.color, formatter: "{value} %" }, splitLine: { show: false } },
    ];
    option.series.push({ name: "Σ %", type: "line", yAxisIndex: 1, data: shares, symbolSize: 7 });
    return option;
  }

  function matrix(data) {
    const columns = data.columns.filter((column) => column.key !== "total");
    const cells = [];
    columns.forEach((column, x) => column.values.forEach((value, y) => cells.push([x, y, value || 0])));
    const most = Math.max(1, ...cells.map((cell) => cell[2]));
    const option = frame(columns.map((column) => column.title), data.width);
    option.legend = { show: false };
    option.tooltip = { confine: true };
    option.yAxis = { type: "category", data: data.names, inverse: true, axisLabel: option.yAxis.axisLabel };
    option.aria = { enabled: true };
    option.series = [{
      type: "heatmap",
      data: cells.map((cell) => {
        const colour = mixed(cell[2] / most);
        return {
          value: cell,
          itemStyle: { color: written(colour), borderColor: css("--tblr-border-color", "#cccccc"), borderWidth: 1 },
          label: { show: true, color: ink(colour) },
        };
      }),
    }];
    return option;
  }

  const DRAWN = {
    bars: (data, chosen) => bars(data, chosen, false),
    stacked: (data, chosen) => bars(data, chosen, true),
    lines,
    pareto,
    matrix,
  };

  function draw(box) {
    const data = { ...read(document.getElementById(box.dataset.table)), width: box.clientWidth };
    const keys = box.dataset.columns.split(" ").filter(Boolean);
    const chosen = data.columns.filter((column) => keys.includes(column.key));
    const chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, devicePixelRatio) });
    chart.setOption(DRAWN[box.dataset.chart](data, chosen), true);
    return chart;
  }

  function drawAll() {
    document.querySelectorAll("[data-chart]").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawAll();
    let waits;
    const resize = () => document.querySelectorAll("[data-chart]").forEach((box) => draw(box).resize());
    window.addEventListener("resize", () => { clearTimeout(waits); waits = setTimeout(resize, 100); });
    const turn = (paper) => () => { onPaper = paper; resize(); };
    window.addEventListener("beforeprint", turn(true));
    window.addEventListener("afterprint", turn(false));
    new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    const from = document.querySelector("[data-scope] [name=from]");
    const to = document.querySelector("[data-scope] [name=to]");
    const period = document.querySelector("[data-scope] [name=period]");
    for (const day of [from, to]) {
      day.addEventListener("input", () => { period.value = "days"; });
    }
  });
})();
