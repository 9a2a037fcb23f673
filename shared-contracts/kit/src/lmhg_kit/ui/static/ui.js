// What the components do beyond plain HTML. Every page works without this file; each part below only
// makes something quicker that the browser and the server can already do.
(() => {
  "use strict";

  // What a page asks for by itself, it asks for later: htmx is loaded once the page is seen.
  let { later } = document.currentScript.dataset;
  // It begins by itself only in a document that is complete.
  const load = () => {
    if (!later || document.readyState !== "complete") return;
    document.head.append(Object.assign(document.createElement("script"), { src: later }));
    later = "";
  };
  const isSeen = () => performance.getEntriesByType("paint").length > 0;
  new PerformanceObserver(load).observe({ type: "paint", buffered: true });
  addEventListener("load", () => setTimeout(load, isSeen() ? 0 : 2000));

  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) act(event, found);
    });

  // Dialogs: a fold opens its dialog in front of the page; closing it folds it again.
  const show = (dialog) => {
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  on("click", "details[data-dialog] > summary", (event, summary) => {
    event.preventDefault();
    const fold = summary.parentElement;
    fold.open = true;
    show(fold.querySelector("dialog"));
  });
  document.addEventListener("close", ({ target }) => {
    const fold = target.closest("details[data-dialog]");
    if (fold) fold.open = false;
    fold?.querySelector("summary").focus();
  }, true);
  on("click", "[data-close]", (event, button) => {
    const dialog = button.closest("dialog");
    if (dialog) dialog.close();
    else button.closest("[data-toast]").remove();
  });
  on("click", "dialog", (event, dialog) => {
    const box = dialog.getBoundingClientRect();
    const inside = event.clientY >= box.top && event.clientY <= box.bottom
      && event.clientX >= box.left && event.clientX <= box.right;
    if (event.target === dialog && !inside) dialog.close();
  });

  // Menus close when one looks elsewhere.
  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!but || !menu.contains(but)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));

  // Toasts: told to readers once, gone after a while unless there is something to take back.
  let undo;
  for (const toast of document.querySelectorAll(".toasts [data-toast]")) {
    const region = toast.parentElement;
    undo = toast.querySelector("form") ?? undo;
    toast.remove();
    setTimeout(() => region.append(toast), 100);
    if (toast.querySelector("form")) continue;
    let timer = setTimeout(() => toast.remove(), 8000);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), 4000)));
  }

  // Copy: the button says that it did.
  on("click", "[data-copy]", async (event, button) => {
    const shown = button.querySelector("span");
    const label = button.title;
    const say = (text) => {
      if (shown) shown.textContent = text;
      else button.setAttribute("aria-label", text);
      button.title = text;
    };
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say("Copied");
      button.classList.add("done");
    } catch {
      say("Your browser does not allow copying");
    }
    setTimeout(() => {
      say(label);
      button.classList.remove("done");
    }, 2000);
  });

  // A page that is shown once is printed by a button too.
  on("click", "[data-print]", () => print());

  // A week that is wider than its window begins where today is in it whole.
  for (const today of document.querySelectorAll(".week > .today")) {
    const week = today.parentElement;
    const beyond = today.getBoundingClientRect().right - week.getBoundingClientRect().right;
    if (beyond > 0) week.scrollLeft += beyond;
  }

  // Saved views of a list: kept in this browser for this person, named by what was chosen.
  for (const list of document.querySelectorAll("[data-views]")) {
    const key = `views ${list.dataset.person} ${list.dataset.views}`;
    const read = () => JSON.parse(localStorage.getItem(key) ?? "[]");
    const draw = () => {
      const kept = read();
      list.hidden = !kept.length;
      list.ariaLabel = list.dataset.name;
      list.replaceChildren(...kept.map(({ name, query }) => {
        const item = document.createElement("li");
        const link = Object.assign(document.createElement("a"), { href: `${list.dataset.views}?${query}`, textContent: name });
        const drop = Object.assign(document.createElement("button"), { type: "button", textContent: "\u00d7", ariaLabel: `Remove ${name}` });
        if (query === list.dataset.query) link.setAttribute("aria-current", "page");
        drop.addEventListener("click", () => (keep(read().filter((each) => each.query !== query))));
        item.append(link, drop);
        return item;
      }));
    };
    const keep = (views) => {
      localStorage.setItem(key, JSON.stringify(views.slice(-8)));
      draw();
    };
    const nameNow = () => {
      const chosen = [...document.querySelectorAll("form.filters select, form.filters input[type=search]")];
      const words = chosen.filter((each) => each.value && each.selectedIndex !== 0)
        .map((each) => each.selectedOptions?.[0].label.trim() ?? `\u201c${each.value}\u201d`);
      return words.join(", ") || "This order";
    };
    list.parentElement.querySelector("[data-keep-view]")?.addEventListener("click", () => {
      const { query } = list.dataset;
      keep([...read().filter((each) => each.query !== query), { name: nameNow(), query }]);
    });
    draw();
  }

  // Without a network nothing is sent, so nothing is lost: what was typed stays in the form.
  const isOffline = (form) => {
    if (navigator.onLine) return false;
    const note = form.querySelector("[data-offline]") ?? Object.assign(document.createElement("p"), { className: "banner warn" });
    note.dataset.offline = "";
    note.setAttribute("role", "alert");
    note.textContent = "You are offline. Nothing was sent, and what you typed is still here. Send it when you are connected again.";
    form.append(note);
    return true;
  };

  // Forms are sent once, and the button says that it works.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (isOffline(form)) return void event.preventDefault();
    if (form.dataset.sent) return void event.preventDefault();
    form.dataset.sent = "1";
    submitter?.setAttribute("aria-disabled", "true");
    if (submitter?.dataset.busy) submitter.textContent = submitter.dataset.busy + "…";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // A choice that needs words opens their field; a form with many choices says how far one is.
  on("change", "[data-opens]", (event, choice) => (document.getElementById(choice.dataset.opens).open = true));
  on("change", "form[data-tally]", (event, form) => {
    const sets = [...form.querySelectorAll("fieldset")];
    const done = sets.filter((each) => each.querySelector(":checked")).length;
    const tally = document.querySelector(`[data-${form.dataset.tally}]`);
    tally.querySelector("progress").value = done;
    tally.querySelector(".num").textContent = `${done} of ${sets.length}, not kept yet`;
    const next = sets.find((each) => !each.querySelector(":checked"))?.closest("li");
    const link = tally.querySelector("a");
    if (!link) return;
    link.hidden = !next;
    if (next) Object.assign(link, { href: `#${next.id}`, textContent: `Next: ${next.querySelector("h2").textContent}` });
  });

  // Combobox: a select that one can type in.
  const combobox = (select, number) => {
    const box = document.createElement("div");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const options = [...select.options].map((each) => [each.value, each.label.trim()]);
    const labelOf = () => select.selectedOptions[0]?.label.trim() ?? "";
    let at = -1;
    box.className = "combobox";
    input.id = select.id;
    select.removeAttribute("id");
    list.id = `${input.id}-list-${number}`;
    const given = { type: "text", role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
    for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) given[name] = select.getAttribute(name);
    for (const [name, text] of Object.entries(given)) input.setAttribute(name, text);
    input.value = labelOf();
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`)?.firstChild.textContent.trim() ?? "");
    select.hidden = list.hidden = true;
    select.before(box);
    box.append(input, list, select);

    const items = () => [...list.querySelectorAll("[role=option]")];
    const mark = (next) => {
      const all = items();
      at = all.length ? (next + all.length) % all.length : -1;
      all.forEach((each, index) => each.setAttribute("aria-selected", String(index === at)));
      all[at]?.scrollIntoView({ block: "nearest" });
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", all[at].id);
    };
    const open = (text) => {
      const wanted = text.toLowerCase();
      const fitting = options.filter(([, label]) => label.toLowerCase().includes(wanted));
      list.replaceChildren(...fitting.map(([value, label], index) => {
        const item = document.createElement("li");
        Object.assign(item, { id: `${list.id}-${index}`, textContent: label, role: "option" });
        item.setAttribute("role", "option");
        item.dataset.value = value;
        return item;
      }));
      if (!fitting.length) list.append(Object.assign(document.createElement("li"), { className: "none", textContent: "Nothing fits" }));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(Math.max(fitting.findIndex(([value]) => value === select.value), 0));
    };
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      input.value = labelOf();
    };
    const choose = (item) => {
      if (item?.dataset.value !== undefined) {
        select.value = item.dataset.value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      close();
    };
    input.addEventListener("input", () => open(input.value));
    input.addEventListener("click", () => (list.hidden ? (open(""), input.select()) : close()));
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(event.target.closest("[role=option]"));
    });
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        if (list.hidden) open("");
        else mark(at + step);
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        choose(items()[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close();
      }
    });
  };
  document.querySelectorAll("select[data-combobox]").forEach(combobox);

  // Files: dropped onto their field, sent with the progress shown.
  for (const drop of document.querySelectorAll("[data-drop]")) {
    const [input, bar, status] = ["input", "progress", "[role=status]"].map((each) => drop.querySelector(each));
    for (const type of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(type, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", type === "dragover");
        if (type === "drop") input.files = event.dataTransfer.files;
      });
    }
    input.form?.addEventListener("submit", (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      const { form } = input;
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("x-csrf-token", form.elements.csrf_token.value);
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        bar.hidden = false;
        bar.value = (loaded / total) * 100;
        status.textContent = `${Math.round(bar.value)} % sent`;
      });
      request.addEventListener("load", () => {
        if (request.status < 400) return void location.assign(request.responseURL);
        status.textContent = "This was not taken. Nothing was stored; choose again.";
      });
      request.addEventListener("error", () => (status.textContent = "The connection broke. Nothing was stored; try again."));
      request.send(new FormData(form));
    });
  }

  // Palette: every entry of the navigation, and the search of the server, by keyboard.
  const palette = document.querySelector("dialog.palette");
  if (palette) {
    const input = palette.querySelector("input[type=search]");
    const ways = palette.querySelector("[data-ways]");
    const links = () => [...palette.querySelectorAll("a[href]")].filter((each) => each.offsetParent);
    const narrow = () => {
      const wanted = input.value.trim().toLowerCase();
      for (const item of ways.children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
    };
    const start = () => {
      if (palette.open) return;
      load();
      narrow();
      show(palette);
      input.select();
    };
    on("click", "[data-palette]", (event) => {
      event.preventDefault();
      start();
    });
    document.addEventListener("keydown", (event) => {
      const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const called = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !writing);
      if (!called) return;
      event.preventDefault();
      start();
    });
    input.addEventListener("input", () => {
      narrow();
      palette.querySelector("#palette-found").replaceChildren();
    });
    palette.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        const all = [input, ...links()];
        event.preventDefault();
        all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
      }
    });
  }

  // Keys of a page: what has a data-press is pressed by it, unless someone writes or holds the key down.
  document.addEventListener("keydown", (event) => {
    const busy = event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1;
    if (busy || event.target.closest?.("input:not([type=radio]), textarea, select, dialog, [contenteditable]")) return;
    const found = document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("form")) found.requestSubmit();
    else found.click();
  });

  // A list that is worked by keys: j and k move, a number presses that button of the row, ? shows all keys.
  const work = document.querySelector("[data-work]");
  if (work) {
    const rows = [...work.querySelectorAll("[data-row]")];
    const place = `row ${location.pathname}`;
    const go = (index) => {
      const row = rows[Math.max(0, Math.min(index, rows.length - 1))];
      row?.focus();
      row?.scrollIntoView({ block: "nearest" });
    };
    const acts = {
      j: (at) => go(at + 1),
      k: (at) => go(at - 1),
      Enter: (at) => rows[at]?.querySelector("[data-open]").click(),
      c: (at) => rows[at]?.querySelector("a[href^='tel:']")?.click(),
      u: () => {
        if (!undo) return;
        if (!undo.isConnected) document.body.append(undo);
        undo.requestSubmit();
      },
      "?": () => document.querySelector("[data-keys] > summary").click(),
    };
    document.addEventListener("keydown", (event) => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (target.closest("input, textarea, select")) return;
      if (key === "Enter" && !target.matches("[data-row]")) return;
      const at = rows.indexOf(target.closest("[data-row]"));
      const act = /^[1-9]$/.test(key) ? () => rows[at]?.querySelector(`[data-key="${key}"]`)?.click() : acts[key];
      if (!act) return;
      event.preventDefault();
      act(at);
    });
    // The page comes again after a step: the eye stays where it was.
    document.addEventListener("submit", ({ submitter }) => {
      const row = submitter?.closest("[data-row]");
      if (row) sessionStorage.setItem(place, rows.indexOf(row));
    });
    const before = sessionStorage.getItem(place);
    sessionStorage.removeItem(place);
    if (before !== null) go(Number(before));
  }

  // A session that ended while the page was open: said once, and what was typed stays.
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status !== 401 || document.querySelector("#ended")) return;
    const note = Object.assign(document.createElement("div"), { id: "ended", className: "banner warn" });
    note.setAttribute("role", "alert");
    note.textContent = "Your session has ended. What you typed is still here; sign in again in another tab, then go on.";
    document.querySelector("main").prepend(note);
  });
})();
