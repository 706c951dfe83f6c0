/* What the pages do beyond HTML: htmx's headers, focus and errors; questions before a deed; rows, keys, pop-ups; charts and maps.
   Everything works without this file. Written for Chromium 90, without a framework. */
(() => {
  "use strict";

  const own = document.getElementById("kaiwu-app").dataset;
  const english = document.documentElement.lang === "en";
  const say = (zh, en) => (english ? en : zh);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  /* messages */
  function addClose(box) {
    const close = make("button", "alert-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", say("关闭", "Close"));
    close.addEventListener("click", () => box.remove());
    box.append(close);
  }
  function toast(text, kind = "bad") {
    const box = make("div", `alert alert-${kind}`);
    box.setAttribute("role", "alert");
    box.append(make("p", "", text));
    addClose(box);
    document.getElementById("toasts").append(box);
  }
  const announce = (text) => { document.getElementById("live").textContent = text; };

  /* htmx */
  const faults = {
    400: ["请求有误，请检查所填内容。", "The request was not understood. Please check what you entered."],
    401: ["登录已过期，请重新登录。", "Your login has expired. Please log in again."],
    403: ["您没有这项权限，或登录已过期。", "You may not do this, or your login has expired."],
    404: ["没有这条记录。", "There is no such record."],
    409: ["这条记录刚被别人改过，请刷新后再试。", "Somebody has just changed this record. Please reload."],
    413: ["文件太大。", "The file is too large."],
    429: ["操作太频繁，请一分钟后再试。", "Too many requests. Please try again in a minute."],
  };
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const given = event.detail.parameters; // an address is shorter and kinder without empty filters
    if (event.detail.verb !== "get" || !event.target.matches(".filter")) return;
    for (const name of Array.from(given.keys())) if (given.getAll(name).every((value) => value === "")) given.delete(name);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const text = faults[event.detail.xhr.status] || ["系统出错了，没有保存任何内容。", "Something went wrong. Nothing was saved."];
    toast(say(...text));
  });
  document.addEventListener("htmx:sendError", () => toast(say("连不上服务器，请检查网络。", "The server cannot be reached. Please check the network.")));
  document.addEventListener("htmx:timeout", () => toast(say("服务器没有及时回答，请再试一次。", "The server did not answer in time. Please try again.")));
  let held = ""; // id of the link that was used, so that focus can return to it
  document.addEventListener("htmx:beforeRequest", (event) => { held = event.detail.elt.id || ""; });
  document.addEventListener("htmx:afterSettle", (event) => {
    const root = event.detail.elt;
    const count = root.querySelector("[data-announce]");
    if (count) announce(count.textContent);
    if (document.activeElement === document.body) {
      const target = (held && document.getElementById(held)) || root.querySelector("[data-focus]");
      if (target) target.focus({ preventScroll: true });
    }
    start(root);
  });

  /* a question before a deed */
  function ask(text, isDanger) {
    const dialog = make("dialog", "ask");
    const title = make("h2", "", say("请确认", "Please confirm"));
    title.id = "ask-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const buttons = make("form", "buttons");
    buttons.method = "dialog";
    const no = make("button", "button", say("取消", "Cancel"));
    const yes = make("button", `button button-primary${isDanger ? " button-danger" : ""}`, say("确定", "Confirm"));
    no.value = "no";
    yes.value = "yes";
    buttons.append(no, yes);
    dialog.append(title, make("p", "", text), buttons);
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
    return new Promise((answer) => dialog.addEventListener("close", () => { dialog.remove(); answer(dialog.returnValue === "yes"); }));
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asked = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (!asked || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    ask(asked, "confirmDanger" in form.dataset).then((isYes) => {
      if (!isYes) return;
      form.dataset.confirmed = "1";
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    });
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    all("button[type=submit]", event.target).forEach((button) => setTimeout(() => { button.disabled = true; })); // nothing is sent twice
  });
  addEventListener("pageshow", () => all("form button[disabled]").forEach((button) => { button.disabled = false; }));

  /* rows, pop-ups, keys */
  document.addEventListener("click", (event) => {
    all("details.pop[open]").forEach((pop) => { if (!pop.contains(event.target)) pop.open = false; });
    const row = event.target.closest("tr[data-url]");
    if (!row || event.target.closest("a, button, input, select, label, summary") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) open(row.dataset.url);
    else location.assign(row.dataset.url);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const pop = document.querySelector("details.pop[open]");
      if (pop) { pop.open = false; pop.querySelector("summary").focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    const field = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  });

  /* on a narrow screen the filters fold under the search, unless one is set */
  function foldFilter(form) {
    const fields = all(".pill:not(.pill-search) input, .pill:not(.pill-search) select", form);
    if (!fields.length || !form.querySelector(".pill-search")) return;
    const button = make("button", "button filter-fold", say("更多筛选", "More filters"));
    const fold = (isFolded) => {
      form.classList.toggle("filter-folded", isFolded);
      button.setAttribute("aria-expanded", String(!isFolded));
    };
    button.type = "button";
    button.addEventListener("click", () => fold(!form.classList.contains("filter-folded")));
    form.querySelector(".filter-buttons").append(button);
    fold(fields.every((field) => field.value === ""));
  }

  /* charts and maps: loaded when they come into sight */
  const loads = {};
  function load(address) {
    loads[address] = loads[address] || new Promise((done, fail) => {
      const script = make("script");
      script.src = address;
      script.onload = done;
      script.onerror = fail;
      document.head.append(script);
    });
    return loads[address];
  }
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();
  function addToggle(canvas, numbers) {
    const line = make("div", "chart-toggle");
    const button = make("button", "button button-quiet", say("看数据表", "Show the numbers"));
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      numbers.hidden = !numbers.hidden;
      button.setAttribute("aria-expanded", String(!numbers.hidden));
      button.textContent = numbers.hidden ? say("看数据表", "Show the numbers") : say("收起数据表", "Hide the numbers");
    });
    line.append(button);
    canvas.after(line);
    numbers.hidden = true;
  }
  function axis(given) {
    const one = (item) => Object.assign({}, item, {
      axisLine: Object.assign({ lineStyle: { color: colour("line-strong") } }, item.axisLine),
      axisLabel: Object.assign({ color: colour("ink-faint") }, item.axisLabel),
      splitLine: Object.assign({ lineStyle: { color: colour("line") } }, item.splitLine),
      nameTextStyle: Object.assign({ color: colour("ink-faint") }, item.nameTextStyle),
    });
    return Array.isArray(given) ? given.map(one) : one(given);
  }
  function dress(option) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const isDark = document.body.classList.contains("cockpit");
    const dressed = Object.assign({
      color: isDark ? ["#7fb4ff", "#e0b06a", "#6fd6a0", "#c79bff", "#ff9d94", "#8fd3e8"] : ["#2b66b8", "#c08a3e", "#3d8f6a", "#7a5fb0", "#b4554c", "#4b93a8"],
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink-soft") },
      grid: { left: 8, right: 16, top: 36, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      animation: !isCalm,
      aria: { enabled: true },
    }, option);
    if (option.xAxis) dressed.xAxis = axis(option.xAxis);
    if (option.yAxis) dressed.yAxis = axis(option.yAxis);
    if (option.legend) dressed.legend = Object.assign({ top: 0, left: "center", icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: colour("ink-soft") } }, option.legend);
    // Drawn on the canvas: a tooltip of HTML would need inline styles, which the page's policy forbids.
    dressed.tooltip = Object.assign({ trigger: "item", backgroundColor: colour("card"), borderColor: colour("line-strong"), textStyle: { color: colour("ink") } }, option.tooltip, { renderMode: "richText" });
    return dressed;
  }
  async function drawChart(figure) {
    const source = figure.querySelector('script[type="application/json"]');
    const canvas = figure.querySelector(".chart-canvas");
    await load(own.echarts);
    const numbers = figure.querySelector(".chart-numbers");
    canvas.hidden = false;
    if (numbers) addToggle(canvas, numbers);
    const chart = echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(dress(JSON.parse(source.textContent)));
    chart.on("click", (event) => { const url = event.data && event.data.url; if (url) location.assign(url); });
    new ResizeObserver(() => chart.resize()).observe(canvas);
  }
  function bounds(data) {
    const box = [180, 90, -180, -90];
    const walk = (part) => {
      if (typeof part[0] !== "number") { part.forEach(walk); return; }
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    };
    data.features.forEach((feature) => walk(feature.geometry.coordinates));
    return box;
  }
  const SHADES = 8;
  function scale(data) {
    if (data.features.some((feature) => typeof feature.properties.shade === "number")) {
      const pairs = Array.from({ length: SHADES }, (_, i) => [i + 1, colour(`map-${i + 1}`)]).flat();
      return ["match", ["get", "shade"], ...pairs, colour("map-0")];
    }
    const values = data.features.map((feature) => feature.properties.value).filter((value) => typeof value === "number");
    if (!values.length) return colour("blue-soft");
    const low = Math.min(...values), high = Math.max(...values);
    const ramp = document.body.classList.contains("cockpit") ? ["#1d437a", "#7fb4ff"] : ["#e3ecf8", "#2b66b8"];
    return ["case", ["==", ["typeof", ["get", "value"]], "number"], ["interpolate", ["linear"], ["get", "value"], low, ramp[0], high > low ? high : low + 1, ramp[1]], colour("stripe")];
  }
  async function drawMap(figure) {
    const canvas = figure.querySelector(".map-canvas");
    const style = make("link");
    style.rel = "stylesheet";
    style.href = own.mapStyle;
    document.head.append(style);
    const [answer] = await Promise.all([fetch(figure.dataset.source, { credentials: "same-origin" }), load(own.map)]);
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    const numbers = figure.querySelector(".chart-numbers");
    canvas.hidden = false;
    if (numbers) addToggle(canvas, numbers);
    maplibregl.setWorkerUrl(own.mapWorker);
    const map = new maplibregl.Map({ container: canvas, attributionControl: false, bounds: bounds(data), fitBoundsOptions: { padding: 16 }, dragRotate: false,
      style: { version: 8, sources: { places: { type: "geojson", data } }, layers: [
        { id: "ground", type: "background", paint: { "background-color": colour("stripe") } },
        { id: "fill", type: "fill", source: "places", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": scale(data) } },
        { id: "edge", type: "line", source: "places", paint: { "line-color": colour("card"), "line-width": 1.5 } },
        { id: "dot", type: "circle", source: "places", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour("bronze"), "circle-radius": 6, "circle-stroke-width": 1.5, "circle-stroke-color": colour("card") } },
      ] } });
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    for (const feature of data.features.filter((each) => each.properties.name || each.properties.text)) {
      const box = bounds({ features: [feature] });
      const label = make("span", "map-name", [feature.properties.name, feature.properties.text].filter(Boolean).join(" "));
      new maplibregl.Marker({ element: label }).setLngLat([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]).addTo(map);
    }
    const told = new maplibregl.Popup({ closeButton: false, closeOnClick: false, className: "map-told" });
    map.on("mousemove", "fill", (event) => { const text = event.features[0].properties.told; if (text) told.setLngLat(event.lngLat).setText(text).addTo(map); });
    map.on("mouseleave", "fill", () => told.remove());
    for (const layer of ["fill", "dot"]) {
      map.on("click", layer, (event) => { const url = event.features[0].properties.url; if (url) location.assign(url); });
      map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
    }
  }
  const draw = (figure) => ("map" in figure.dataset ? drawMap(figure) : drawChart(figure)).catch(() => {
    for (const part of all(".chart-canvas, .map-canvas", figure)) part.hidden = true;
    for (const part of all(".chart-numbers", figure)) part.hidden = false;
  });

  /* the section in sight is marked in the tabs */
  function watchTabs(tabs) {
    const links = all("a", tabs);
    const seen = new Set();
    const watcher = new IntersectionObserver((entries) => {
      entries.forEach((entry) => (entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id)));
      const now = links.find((link) => seen.has(link.hash.slice(1)));
      links.forEach((link) => (link === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    }, { rootMargin: "-110px 0px -40% 0px" });
    links.forEach((link) => { const section = document.getElementById(link.hash.slice(1)); if (section) watcher.observe(section); });
  }

  function start(root) {
    all("[data-dismiss]", root).filter((box) => !box.querySelector(".alert-close")).forEach(addClose);
    all("figure[data-chart]:not([data-drawn]), figure[data-map]:not([data-drawn])", root).forEach((figure) => { figure.dataset.drawn = ""; draw(figure); });
    all(".tabs", root).forEach(watchTabs);
    all("form.filter", root).forEach(foldFilter);
    const wrong = root === document && document.querySelector('[role="alert"][data-focus]');
    if (wrong) wrong.focus();
  }
  start(document);
})();
