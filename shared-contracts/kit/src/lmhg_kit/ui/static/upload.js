// Files in pieces: what arrived stays, so a connection that breaks costs one piece. Without this file the
// form sends the whole file at once. The other side speaks tus 1.0 (https://tus.io).
(() => {
  "use strict";

  const PIECE = 4 * 1024 * 1024;
  const TRIES = 30;
  const LONGEST_WAIT_MS = 20000;
  const PHOTO_SIDE = 2600;
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const inMb = (bytes) => Math.floor(bytes / 1048576).toLocaleString("en-US");

  // A photo of a paper needs no more points than a page has; where it comes from stays on the phone.
  const shrunk = async (file) => {
    if (file.type !== "image/jpeg") return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, PHOTO_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.round(side * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? new File([blob], file.name, { type: blob.type, lastModified: file.lastModified }) : file;
    } catch {
      return file;
    }
  };

  // Which upload this file began: found again after a reload by a hash, so no name stays in the browser.
  const keyOf = async (file) => {
    if (!crypto.subtle) return "";
    const text = new TextEncoder().encode(`${file.name}|${file.size}|${file.lastModified}`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return `upload ${[...hash].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
  };

  class Refused extends Error {}

  for (const drop of document.querySelectorAll("[data-pieces]")) {
    const inputs = [...drop.querySelectorAll("input[type=file]")];
    const [bar, status] = ["progress", "[role=status]"].map((each) => drop.querySelector(each));
    const { form } = inputs[0];
    // One field for each file that arrived: a form that takes several files begins with none.
    const kept = () => form.querySelectorAll("input[name=upload_id]");
    const keep = (id, at) => {
      const known = kept()[at];
      if (known) return void (known.value = id);
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "upload_id", value: id }));
    };
    const forget = () => {
      for (const each of kept()) if (inputs[0].multiple) each.remove(); else each.value = "";
    };
    const most = Number(drop.dataset.most);
    let busy = false;
    let which = "";

    const say = (text) => (status.textContent = text);
    const ask = async (method, address, headers = {}, body = undefined) => {
      const all = { "Tus-Resumable": "1.0.0", "x-csrf-token": form.elements.csrf_token.value, ...headers };
      const answer = await fetch(address, { method, headers: all, body });
      if (answer.status === 401) throw new Refused("Your session has ended. What was sent is kept. Sign in again in another tab, then press the button again.");
      if (answer.status === 413) throw new Refused(`This file is too large. The limit is ${inMb(most)} MB.`);
      if (answer.status === 429) throw new Refused("You have too many unfinished uploads. Wait a day, or finish one of them.");
      return answer;
    };

    const begin = async (file) => {
      const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name.slice(0, 200))));
      const answer = await ask("POST", drop.dataset.pieces, { "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name}` });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.headers.get("Location");
    };

    // Where the file goes on: asked before each try, because only the other side knows what it has.
    const offsetOf = async (address, file) => {
      const answer = await ask("HEAD", address);
      if (!answer.ok) return answer.status === 404 ? -1 : Promise.reject(new Error(String(answer.status)));
      return Number(answer.headers.get("Upload-Length")) === file.size ? Number(answer.headers.get("Upload-Offset")) : -1;
    };

    const send = async (file) => {
      const key = await keyOf(file);
      let address = key && localStorage.getItem(key);
      for (let failed = 0; ; ) {
        try {
          let offset = address ? await offsetOf(address, file) : -1;
          if (offset < 0) {
            address = await begin(file);
            offset = 0;
            if (key) localStorage.setItem(key, address);
          }
          while (offset < file.size) {
            const head = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
            const answer = await ask("PATCH", address, head, file.slice(offset, offset + PIECE));
            if (!answer.ok) throw new Error(String(answer.status));
            offset = Number(answer.headers.get("Upload-Offset"));
            failed = 0;
            bar.hidden = false;
            bar.value = (offset / file.size) * 100;
            say(`${which}${Math.floor(bar.value)}% sent`);
          }
          if (key) localStorage.removeItem(key);
          return address.split("/").pop();
        } catch (failure) {
          if (failure instanceof Refused) throw failure;
          failed += 1;
          if (failed > TRIES) throw new Refused("The connection broke. What was sent is kept for a day. Press the button again to go on.");
          say(`The connection broke. What was sent is kept, and it goes on by itself. ${Math.floor(bar.value)}% sent`);
          await wait(Math.min(500 * 2 ** failed, LONGEST_WAIT_MS));
        }
      }
    };

    for (const input of inputs) {
      input.addEventListener("change", () => {
        for (const other of inputs) if (other !== input) other.value = "";
        forget();
        const files = [...input.files];
        const large = files.find((file) => file.size > most && file.type !== "image/jpeg");
        const names = files.length > 1 ? `${files.length} files` : files.map((file) => file.name).join("");
        say(large ? `This file is too large. The limit is ${inMb(most)} MB.` : names);
      });
    }

    form.addEventListener("submit", async (event) => {
      const chosen = inputs.find((input) => input.files.length);
      if (!chosen || busy) return void (busy && event.preventDefault());
      event.preventDefault();
      busy = true;
      try {
        for (const [at, each] of [...chosen.files].entries()) {
          const file = await shrunk(each);
          if (file.size > most) throw new Refused(`This file is too large. The limit is ${inMb(most)} MB.`);
          which = chosen.files.length > 1 ? `File ${at + 1} of ${chosen.files.length}: ` : "";
          keep(await send(file), at);
        }
        for (const input of inputs) input.disabled = true;
        say("All sent");
        form.submit();
      } catch (failure) {
        busy = false;
        say(failure.message);
      }
    }, true);
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      busy = false;
      for (const input of inputs) input.disabled = false;
    });
  }
})();
