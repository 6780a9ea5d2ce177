/* Draws charts from the tables they stand beside: one truth, and the table stays readable. */
(() => {
  "use strict";

  const FEW = 8;
  const css = (name, fallback) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim() || fallback;

  function read(table) {
    const heads = [...table.querySelectorAll("thead [data-column]")];
    const rows = [...table.querySelectorAll("tbody tr:not(.total)")];
    return {
      names: rows.map((row) => row.querySelector("th").textContent.trim()),
      columns: heads.map((head, place) => ({
        key: head.dataset.column,
        title: head.textContent.trim(),
        values: rows.map((row) => {
          const given = row.querySelectorAll("td")[place].dataset.value;
          return given === "" || given === undefined ? null : Number(given);
        }),
      })),
    };
  }

  function frame(names) {
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
          interval: names.length <= FEW ? 0 : "auto",
          width: names.length <= FEW ? 96 : undefined,
          overflow: names.length <= FEW ? "break" : "none",
          rotate: names.length > FEW ? 35 : 0,
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

  function bars(data, chosen, stack) {
    return {
      ...frame(data.names),
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
      ...frame(data.names),
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
    const option = frame(columns.map((column) => column.title));
    option.legend = { show: false };
    option.tooltip = { confine: true };
    option.yAxis = { type: "category", data: data.names, inverse: true, axisLabel: option.yAxis.axisLabel };
    option.visualMap = { show: false, min: 0, max: most, inRange: { color: ["#eef3fa", "#9dbce8", "#2f63b3"] } };
    option.aria = { enabled: true };
    option.series = [{
      type: "heatmap",
      data: cells.map((cell) => ({
        value: cell,
        label: { show: true, color: cell[2] > most * 0.6 ? "#ffffff" : "#1b2733" },
      })),
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
    const data = read(document.getElementById(box.dataset.table));
    const keys = box.dataset.columns.split(" ").filter(Boolean);
    const chosen = data.columns.filter((column) => keys.includes(column.key));
    const chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(DRAWN[box.dataset.chart](data, chosen), true);
    return chart;
  }

  function drawAll() {
    document.querySelectorAll("[data-chart]").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawAll();
    const resize = () => document.querySelectorAll("[data-chart]").forEach((box) => {
      const chart = window.echarts.getInstanceByDom(box);
      if (chart) chart.resize();
    });
    window.addEventListener("resize", resize);
    window.addEventListener("beforeprint", resize);
    new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    const from = document.querySelector("[data-scope] [name=from]");
    const to = document.querySelector("[data-scope] [name=to]");
    const period = document.querySelector("[data-scope] [name=period]");
    for (const day of [from, to]) {
      day.addEventListener("input", () => { period.value = "days"; });
    }
  });
})();
